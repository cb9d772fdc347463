import { randomBytes } from 'node:crypto'
import type { Db } from './database.ts'
import { write } from './write.ts'

const SECRET_BYTES = 32

/**
 * The installation's secret of this name: 32 random bytes, made at the first call and the same ever after, for every
 * process. Two processes that start together agree, because the first insert decides and both read it.
 */
export async function loadSecret(db: Db, name: string): Promise<Buffer> {
  const value = await loadSecretText(db, name, () => randomBytes(SECRET_BYTES).toString('base64'))
  const secret = Buffer.from(value, 'base64')
  if (secret.length !== SECRET_BYTES) throw new Error(`the secret ${name} in the store is damaged: restore it from a backup`)
  return secret
}

/** As `loadSecret`, of a text that `make` makes. */
export async function loadSecretText(db: Db, name: string, make: () => string): Promise<string> {
  const known = await readSecret(db, name)
  if (known !== undefined) return known
  const value = make()
  await write(db, (trx) =>
    trx
      .insertInto('secrets')
      .values({ name, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  const made = await readSecret(db, name)
  if (made === undefined) throw new Error(`the secret ${name} was removed while it was made`)
  return made
}

async function readSecret(db: Db, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}
