import { timingSafeEqual } from 'node:crypto'
import { FIRST_SETUP_PREFIX } from '@claviger/contract/first-setup.ts'
import { AppError } from '../errors.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { loadSecret } from '../storage/secrets.ts'
import { createEnterprise, isEmpty, type NewEnterprise } from './create.ts'

const SECRET = 'first-setup'

/**
 * The link with which somebody makes the first enterprise in a browser. It proves that they can read what the server prints,
 * so that a stranger who finds a new server first cannot make it theirs. The same each time, until there is an enterprise.
 */
export async function firstSetupLink(db: Db, publicUrl: string): Promise<string> {
  return `${publicUrl.replace(/\/+$/, '')}/setup#${tokenOf(await loadSecret(db, SECRET))}`
}

/** @throws AppError `not_found` where the token is not of the link that this server prints */
export async function requireFirstSetup(db: Db, token: string): Promise<void> {
  const [given, own] = [Buffer.from(token), Buffer.from(tokenOf(await loadSecret(db, SECRET)))]
  if (given.length === own.length && timingSafeEqual(given, own)) return
  throw new AppError('not_found', 'This link is not the one that the server printed when it started: copy the whole link from its output.')
}

/**
 * Makes the first enterprise, once: of two who try together the second is refused.
 * @throws AppError `conflict` where there is an enterprise, otherwise as createEnterprise
 */
export async function foundEnterprise(trx: Trx, wanted: { name: string; administrator: string }, at: Millis): Promise<NewEnterprise> {
  // Holds up whoever else is about to, until this is committed.
  await trx
    .updateTable('secrets')
    .set((row) => ({ value: row.ref('value') }))
    .where('name', '=', SECRET)
    .execute()
  if (await isEmpty(trx)) return createEnterprise(trx, wanted, at, 'server')
  throw new AppError(
    'conflict',
    'This installation has its enterprise already, and nothing was changed. Its first administrator goes on with the set-up link of ' +
      '`claviger users resend EMAIL`; everybody else is invited.',
  )
}

function tokenOf(secret: Buffer): string {
  return `${FIRST_SETUP_PREFIX}${secret.toString('base64url')}`
}
