import pg from 'pg'
import { type CarriedTable, carriedTables } from './carried-tables.ts'
import type { Line } from './line.ts'
import { isPostgres } from './open.ts'
import { clientLine } from './postgres.ts'
import { connectSqlite, SqliteLine } from './sqlite-line.ts'

/** What a column holds, as both engines have it: JSON is its text. */
export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** All tables as they were at one moment, whatever is written meanwhile. */
export interface Snapshot {
  /** The names of the migrations that made the tables. */
  readonly migrations: string[]
  /** The carried tables' names, in the order in which their rows can be inserted again. */
  readonly tables: string[]
  /** The rows of a table in pages, so that memory stays flat. */
  pages(table: string): AsyncGenerator<Row[]>
}

const PAGE_ROWS = 1000

/** Reads the store at `location` as of one moment. Writers are not held up. */
export async function readSnapshot<T>(location: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  if (isPostgres(location)) return readPostgres(location, work)
  const file = connectSqlite(location, true)
  try {
    file.exec('BEGIN')
    return await work(await snapshotOver(new SqliteLine(file)))
  } finally {
    file.close()
  }
}

async function readPostgres<T>(location: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: location, types: { getTypeParser: portableParser } })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    return await work(await snapshotOver(clientLine(client)))
  } finally {
    await client.end()
  }
}

async function snapshotOver(line: Line): Promise<Snapshot> {
  // The first statement takes the snapshot on both engines.
  const { rows } = await line.run<{ name: string }>({ sql: 'select name from migrations order by name', parameters: [] })
  const carried = new Map(Object.entries(carriedTables).flatMap(([name, table]) => (table ? [[name, table] as const] : [])))
  return {
    migrations: rows.map(({ name }) => name),
    tables: [...carried.keys()],
    pages: (name) => pagesOf(line, name, carried.get(name) ?? { key: [] }),
  }
}

async function* pagesOf(line: Line, name: string, { key, source = name, extra = [] }: CarriedTable): AsyncGenerator<Row[]> {
  const columns = key.join(', ')
  const marks = key.map((_, index) => (line.dialect === 'postgres' ? `$${index + 1}` : '?')).join(', ')
  const first = `select * from ${source} order by ${columns} limit ${PAGE_ROWS}`
  const next = `select * from ${source} where (${columns}) > (${marks}) order by ${columns} limit ${PAGE_ROWS}`
  let last: Row | undefined
  for (;;) {
    const after = last
    const { rows } = await line.run<Row>(
      after ? { sql: next, parameters: key.map((column) => after[column]) } : { sql: first, parameters: [] },
    )
    if (rows.length > 0) yield rows.map((row) => portable(name, row, extra))
    last = rows.at(-1)
    if (rows.length < PAGE_ROWS) return
  }
}

function portable(name: string, row: Row, extra: readonly string[]): Row {
  const entries = Object.entries(row).filter(([column]) => !extra.includes(column))
  for (const [column, value] of entries) {
    const isPortable = value === null || typeof value === 'string' || typeof value === 'number'
    if (!isPortable) throw new Error(`backups cannot carry ${name}.${column} yet: its values are ${typeof value}`)
  }
  return Object.fromEntries(entries)
}

const NUMBERS = [20, 21, 23]
const TEXTS = [19, 25, 114, 1043, 3802]
/** Names, texts and JSON as text, integers as numbers; what SQLite would spell in another way is not carried unseen. */
function portableParser(type: number): (text: string) => unknown {
  if (NUMBERS.includes(type)) return Number
  return TEXTS.includes(type) ? String : () => ({ type })
}
