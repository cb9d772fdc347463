import { newId } from '@claviger/server/storage/id.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { write } from '@claviger/server/storage/write.ts'

const AT_ONCE = 500

/**
 * Puts this many active users beside one whom a directory made, as copies of that one, in the store of a server that runs.
 * Their addresses are `<word><number>@example.com`.
 */
export async function addManyUsers(location: string, like: string, count: number, word: string): Promise<void> {
  const db = await openDatabase(location)
  const row = await db.selectFrom('users').selectAll().where('email', '=', like).executeTakeFirstOrThrow()
  const numbers = Array.from({ length: count }, (_, i) => i)
  while (numbers.length > 0) {
    const users = numbers.splice(0, AT_ONCE).map((i) => {
      const email = `${word}${i}@example.com`
      const state = { status: 'active' as const, registered_at: row.created_at }
      return { ...row, ...state, id: newId(), email, email_key: email, external_id: email }
    })
    await write(db, (trx) => trx.insertInto('users').values(users).execute())
  }
  await closeDatabase(db)
}
