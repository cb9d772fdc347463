import { sql } from 'kysely'
import type { Db } from '../storage/database.ts'

/** How many mails wait to be sent. Reads the index of queued mail and nothing else. */
export async function queueLength(db: Db): Promise<number> {
  const row = await db
    .selectFrom('outbox')
    .select((eb) => eb.fn.countAll<number>().as('mails'))
    // Spelled into the statement: with a parameter SQLite cannot tell that the partial index serves.
    .where('state', '=', sql.lit('queued' as const))
    .executeTakeFirstOrThrow()
  return Number(row.mails)
}
