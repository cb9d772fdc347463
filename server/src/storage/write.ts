import { sql } from 'kysely'
import type { Db, Trx } from './database.ts'
import { storeOf } from './store.ts'

/**
 * Runs `work` in one transaction and answers once it is durable; nothing else opens a transaction. If it throws, nothing
 * of it stays. On SQLite the writes that wait share one commit, so `work` awaits only statements of `trx`: no timer, no
 * network, no other `write`. It may run again after a PostgreSQL serialization failure, so it has no other effects.
 * @throws AppError `unavailable` when the store cannot be reached or another process holds it.
 */
export function write<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  return storeOf(db).write(work)
}

/** Runs `work` so that its failure undoes it alone and leaves the transaction usable. The error is thrown on. */
export async function savepoint<T>(trx: Trx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(trx)
  try {
    const value = await work()
    await sql`release savepoint part`.execute(trx)
    return value
  } catch (error) {
    await sql`rollback to savepoint part`.execute(trx)
    await sql`release savepoint part`.execute(trx)
    throw error
  }
}
