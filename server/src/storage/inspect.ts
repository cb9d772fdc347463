import { sql } from 'kysely'
import type { Db, Millis } from './database.ts'
import { lineOf } from './line.ts'
import { migrations } from './migrations/index.ts'

/** A setting of the engine on which it depends that an answered change outlives a power cut. */
export interface DurabilitySetting {
  name: string
  value: string
  isSafe: boolean
}

/** The engine that the store is on, in words. */
export async function describeEngine(db: Db): Promise<string> {
  if (isPostgresStore(db)) return `PostgreSQL ${(await show(db, 'server_version'))[0]}`
  const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(db)
  return `SQLite ${rows[0]?.version}`
}

export async function durabilitySettings(db: Db): Promise<DurabilitySetting[]> {
  if (isPostgresStore(db)) {
    return Promise.all(
      ['fsync', 'synchronous_commit', 'full_page_writes'].map(async (name) => {
        const value = (await show(db, name))[0] ?? ''
        return { name, value, isSafe: ['on', 'local', 'remote_write', 'remote_apply'].includes(value) }
      }),
    )
  }
  const { rows: synchronous } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db)
  const { rows: journal } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db)
  const [full, mode] = [synchronous[0]?.synchronous ?? 0, journal[0]?.journal_mode ?? '']
  return [
    { name: 'synchronous', value: String(full), isSafe: full >= 2 },
    { name: 'journal_mode', value: mode, isSafe: mode === 'wal' },
  ]
}

/** What SQLite finds damaged in its file, at most five things; PostgreSQL's files are for its own tools. */
export async function damageOf(db: Db): Promise<string[]> {
  if (isPostgresStore(db)) return []
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(5)`.execute(db)
  return rows.map((row) => row.quick_check).filter((line) => line !== 'ok')
}

/** The database's clock; undefined where it is this process's own. */
export async function databaseTime(db: Db): Promise<Millis | undefined> {
  if (!isPostgresStore(db)) return undefined
  const { rows } = await sql<{ now: string }>`select (extract(epoch from clock_timestamp()) * 1000)::text as now`.execute(db)
  return Number(rows[0]?.now)
}

/** How the tables stand to this version: migrations to run, and such that only a newer version knows. */
export async function migrationState(db: Db): Promise<{ missing: string[]; unknown: string[] }> {
  const rows = await db.withTables<{ migrations: { name: string } }>().selectFrom('migrations').select('name').execute()
  const [ours, ran] = [Object.keys(migrations), rows.map(({ name }) => name)]
  return { missing: ours.filter((name) => !ran.includes(name)), unknown: ran.filter((name) => !ours.includes(name)) }
}

function isPostgresStore(db: Db) {
  return lineOf(db).dialect === 'postgres'
}

async function show(db: Db, setting: string): Promise<string[]> {
  const { rows } = await sql<Record<string, string>>`show ${sql.raw(setting)}`.execute(db)
  return rows.flatMap((row) => Object.values(row))
}
