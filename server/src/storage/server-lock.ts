import { mkdirSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import { isPostgres } from './open.ts'

/** The right to serve from a store, until it is released or the process ends, however it ends. */
export interface ServerLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Makes sure that one server process writes to a SQLite file: a second halves the throughput of both and makes writes
 * wait. The lock is the operating system's, on a file beside the store, so it cannot be left behind. Commands, which
 * write now and then, do not take it. PostgreSQL is for any number of servers: there it does nothing.
 * @throws AppError `conflict` where another process serves from this store.
 */
export function lockForServing(location: string): ServerLock {
  if (isPostgres(location)) return { release() {} }
  mkdirSync(dirname(location), { recursive: true, mode: 0o700 })
  const file = new DatabaseSync(join(dirname(location), `${parse(location).name}.lock`), { timeout: 0 })
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) throw error
    const words = `another Claviger server is running on ${location}: stop it first, or use another folder (--data). Several servers share a store on PostgreSQL only (CLAVIGER_DATABASE_URL).`
    throw new AppError('conflict', words, { cause: error })
  }
  return { release: () => file.close() }
}
