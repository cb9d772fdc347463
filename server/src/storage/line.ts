import type { Db } from './database.ts'

export type Dialect = 'sqlite' | 'postgres'

export interface Statement {
  sql: string
  parameters: readonly unknown[]
  /** PostgreSQL keeps a statement with a name parsed and planned on its connection. */
  name?: string
}

/** What a statement gave: its rows, and how many rows it changed. */
export interface Answer<Row> {
  rows: Row[]
  changes: number
}

/** A way to an engine: one connection, or a pool that picks one for each statement. */
export interface Line {
  readonly dialect: Dialect
  /** SQLite answers at once, PostgreSQL later. Statements that are sent without waiting run in the order sent. */
  run<Row>(statement: Statement): Answer<Row> | Promise<Answer<Row>>
}

const lines = new WeakMap<Db, Line>()

/** Remembers which line a Kysely instance stands on. */
export function bindLine(db: Db, line: Line) {
  lines.set(db, line)
}

/** The line under a database or transaction of this store; a Kysely instance made elsewhere has none, which is a bug. */
export function lineOf(db: Db): Line {
  const line = lines.get(db)
  if (!line) throw new Error('this Kysely instance was not opened by storage/')
  return line
}
