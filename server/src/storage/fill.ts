import { existsSync } from 'node:fs'
import pg from 'pg'
import { AppError } from '../errors.ts'
import { carriedTables } from './carried-tables.ts'
import type { Line } from './line.ts'
import { isPostgres } from './open.ts'
import { clientLine } from './postgres.ts'
import type { Value } from './snapshot.ts'
import { connectSqlite, SqliteLine } from './sqlite-line.ts'

/** Takes the rows that a store is filled with. */
export interface Filling {
  /** Rows hold the columns' values in their order. @throws AppError `invalid_value` for a table or column that cannot be. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly Value[])[]): Promise<void>
}

/** Below what both engines allow in one statement. */
const PARAMETERS = 30_000
const ROWS = 500
const COLUMN = /^[a-z][a-z0-9_]*$/

/**
 * Fills a migrated store that holds no enterprise, in one transaction: if `work` throws, nothing of it stays. The secrets
 * that the store has made for itself give way to those it is filled with.
 * @throws AppError `conflict` where the store is in use.
 */
export async function fillStore<T>(location: string, work: (filling: Filling) => Promise<T>): Promise<T> {
  if (isPostgres(location)) return fillPostgres(location, work)
  const file = connectSqlite(location, false)
  try {
    return await inTransaction(new SqliteLine(file), 'begin immediate', work)
  } finally {
    file.close()
  }
}

/** Whether there is an enterprise in the store. One without tables, or a SQLite file that is not there, holds none; nothing is made. */
export async function isInUse(location: string): Promise<boolean> {
  if (!isPostgres(location)) {
    if (!existsSync(location)) return false
    const file = connectSqlite(location, true)
    try {
      return await holdsEnterprise(new SqliteLine(file))
    } finally {
      file.close()
    }
  }
  const client = new pg.Client({ connectionString: location })
  await client.connect()
  try {
    return await holdsEnterprise(clientLine(client))
  } finally {
    await client.end()
  }
}

async function holdsEnterprise(line: Line) {
  const catalogue =
    line.dialect === 'postgres' ? "select to_regclass('enterprises') as name" : "select name from sqlite_schema where name = 'enterprises'"
  const { rows } = await line.run<{ name: string | null }>({ sql: catalogue, parameters: [] })
  if (rows.every(({ name }) => name === null)) return false
  return (await line.run({ sql: 'select id from enterprises limit 1', parameters: [] })).rows.length > 0
}

async function fillPostgres<T>(location: string, work: (filling: Filling) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: location })
  await client.connect()
  try {
    return await inTransaction(clientLine(client), 'begin', work)
  } finally {
    await client.end()
  }
}

export function storeInUse() {
  return new AppError('conflict', 'this store is in use: restore into an empty one (another folder with --data, or a new database)')
}

async function inTransaction<T>(line: Line, begin: string, work: (filling: Filling) => Promise<T>): Promise<T> {
  const run = (sql: string) => line.run({ sql, parameters: [] })
  await run(begin)
  try {
    if (await holdsEnterprise(line)) throw storeInUse()
    await run('delete from secrets')
    const result = await work({ insert: (table, columns, rows) => insert(line, table, columns, rows) })
    await run('commit')
    return result
  } catch (error) {
    await run('rollback')
    throw error
  }
}

async function insert(line: Line, table: string, columns: readonly string[], rows: readonly (readonly Value[])[]) {
  if (!Object.entries(carriedTables).some(([name, carried]) => name === table && carried)) {
    throw new AppError('invalid_value', `the backup holds a table that this version does not know: ${table}`)
  }
  const wrong = columns.find((column) => !COLUMN.test(column))
  if (wrong !== undefined || columns.length === 0)
    throw new AppError('invalid_value', `the backup holds a column of no possible name in ${table}`)
  const most = Math.max(1, Math.min(ROWS, Math.floor(PARAMETERS / columns.length)))
  for (let start = 0; start < rows.length; start += most) {
    const some = rows.slice(start, start + most)
    await line.run({ sql: insertStatement(line, table, columns, some.length), parameters: some.flat() })
  }
}

function insertStatement(line: Line, table: string, columns: readonly string[], rows: number) {
  let parameter = 0
  const mark = () => (line.dialect === 'postgres' ? `$${++parameter}` : '?')
  const values = Array.from({ length: rows }, () => `(${columns.map(mark).join(', ')})`)
  return `insert into ${table} (${columns.join(', ')}) values ${values.join(', ')}`
}
