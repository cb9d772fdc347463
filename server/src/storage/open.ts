import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Db } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import { bindStore, storeOf } from './store.ts'

/**
 * Opens the store: a PostgreSQL URL, or the path of the embedded SQLite file, whose folder is made where it is missing.
 * The tables are migrate.ts's business.
 */
export async function openDatabase(location: string): Promise<Db> {
  const store = isPostgres(location) ? openPostgres(location) : await openFile(location)
  bindStore(store)
  return store.db
}

export async function closeDatabase(db: Db): Promise<void> {
  await storeOf(db).close()
}

export function isPostgres(location: string) {
  return /^postgres(ql)?:\/\//.test(location)
}

function openFile(path: string) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return openSqlite(path)
}
