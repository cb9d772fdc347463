import { CompiledQuery, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { AppError } from '../errors.ts'
import type { Db } from './database.ts'
import { kyselyWithTransactionsOver } from './kysely-over.ts'
import type { Line } from './line.ts'
import { migrations } from './migrations/index.ts'
import { words } from './migrations/types.ts'
import { isPostgres } from './open.ts'
import { clientLine } from './postgres.ts'
import { connectSqlite, SqliteLine } from './sqlite-line.ts'

const MIGRATIONS = 'migrations'

/**
 * Brings the store at `location` to this version's tables, each migration whole or not at all.
 * @returns the names of the migrations that ran; none where the store was up to date.
 * @throws AppError `conflict` when a newer version has written the store.
 */
export async function migrate(location: string): Promise<string[]> {
  if (!isPostgres(location)) {
    const file = connectSqlite(location, false)
    try {
      return await migrateOver(new SqliteLine(file))
    } finally {
      file.close()
    }
  }
  const client = new pg.Client({ connectionString: location })
  await client.connect()
  try {
    return await migrateOver(clientLine(client))
  } finally {
    await client.end()
  }
}

/** How the tables of an open store stand to this version. */
export async function tablesOf(db: Db): Promise<'none' | 'older' | 'current' | 'newer'> {
  const tables = await db.introspection.getTables()
  if (!tables.some(({ name }) => name === MIGRATIONS)) return 'none'
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATIONS)}`.execute(db)
  const known = Object.keys(migrations)
  if (rows.some(({ name }) => !known.includes(name))) return 'newer'
  return rows.length < known.length ? 'older' : 'current'
}

async function migrateOver(line: Line): Promise<string[]> {
  const migrator = new Migrator({
    db: kyselyWithTransactionsOver(line),
    provider: { getMigrations: async () => provided(line) },
    migrationTableName: MIGRATIONS,
    migrationLockTableName: 'migrations_lock',
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw explained(error)
  return (results ?? []).map(({ migrationName }) => migrationName)
}

function provided(line: Line) {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, statements]) => [
      name,
      {
        async up(db: { executeQuery(query: CompiledQuery): Promise<unknown> }) {
          for (const statement of statements(words[line.dialect])) await db.executeQuery(CompiledQuery.raw(statement))
        },
      },
    ]),
  )
}

function explained(error: unknown) {
  const newer = error instanceof Error && /corrupted migrations/.test(error.message)
  return newer
    ? new AppError('conflict', 'this store was written by a newer version of Claviger: run that version, or restore a backup', {
        cause: error,
      })
    : error
}
