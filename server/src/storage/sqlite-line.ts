import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Answer, Line, Statement } from './line.ts'

/** Texts of statements kept prepared on each connection; past it the oldest goes. */
const KEPT_STATEMENTS = 400
/** Cache of the connection that writes, in KiB: the ends of the indexes that every write goes through. */
const WRITER_KIB = 16_384
/** Of one that reads. Each commit of the writer empties it, and the system's own cache is behind it: more would hold memory for nothing. */
const READER_KIB = 4_096
/** How long a connection waits for another process (the command line beside the server) to finish its commit. */
const BUSY_MILLIS = 5_000

/** One connection to the file. FULL: a commit that was answered survives a power cut, not only a crash of this process. */
export function connectSqlite(path: string, readOnly: boolean): DatabaseSync {
  const file = new DatabaseSync(path, { readOnly, timeout: BUSY_MILLIS })
  if (!readOnly) file.exec('PRAGMA journal_mode = WAL')
  file.exec(
    `PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -${readOnly ? READER_KIB : WRITER_KIB}; PRAGMA temp_store = MEMORY`,
  )
  if (!readOnly) file.exec('PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864')
  return file
}

/** Statements over one connection, each kept prepared under its text. */
export class SqliteLine implements Line {
  readonly dialect = 'sqlite'
  readonly #file: DatabaseSync
  readonly #kept = new Map<string, { statement: StatementSync; returnsRows: boolean }>()
  constructor(file: DatabaseSync) {
    this.#file = file
  }
  run<Row>({ sql, parameters }: Statement): Answer<Row> {
    const { statement, returnsRows } = this.#kept.get(sql) ?? this.#prepare(sql)
    const values = parameters as SQLInputValue[]
    if (returnsRows) {
      const rows = statement.all(...values) as Row[]
      return { rows, changes: rows.length }
    }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  }
  #prepare(sql: string) {
    const statement = this.#file.prepare(sql)
    const entry = { statement, returnsRows: statement.columns().length > 0 }
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= KEPT_STATEMENTS && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(sql, entry)
    return entry
  }
}
