import type { Compilable } from 'kysely'
import type { Db } from './database.ts'
import { type Answer, type Dialect, type Line, lineOf } from './line.ts'

/** A query that is built and compiled once for each engine and then only run, with new parameters. */
export type Prepared<P, Row> = (db: Db, parameters: P) => Promise<Answer<Row>>

interface Compiled {
  sql: string
  name: string
  /** In the order of the statement: a parameter's name, or a value that the query itself holds. */
  slots: (Slot | { constant: unknown })[]
}

class Slot {
  readonly key: string
  constructor(key: string) {
    this.key = key
  }
}

let named = 0

/**
 * Prepares a query whose values are given at each run: `prepare<{ id: string }>()((db, p) => db.selectFrom('users')
 * .selectAll().where('id', '=', p.id))`. Building and compiling costs more than SQLite takes to run most statements,
 * so the hot path prepares. `p` stands only where a value stands: the query must not branch on it.
 */
export function prepare<P extends object>() {
  return <Row>(build: (db: Db, p: P, dialect: Dialect) => Compilable<Row>): Prepared<P, Row> => {
    const name = `q${named++}`
    const compiled = new Map<Dialect, Compiled>()
    return async (db, parameters) => {
      const line = lineOf(db)
      const { sql, slots } = compiled.get(line.dialect) ?? compileFor(line, db)
      const given = parameters as Record<string, unknown>
      return line.run<Row>({ sql, name, parameters: slots.map((slot) => (slot instanceof Slot ? given[slot.key] : slot.constant)) })
    }

    function compileFor(line: Line, db: Db): Compiled {
      const slotsOf = new Proxy({}, { get: (_, key) => new Slot(String(key)) }) as P
      const { sql, parameters } = build(db, slotsOf, line.dialect).compile()
      const made = { sql, name, slots: parameters.map((value) => (value instanceof Slot ? value : { constant: value })) }
      compiled.set(line.dialect, made)
      return made
    }
  }
}
