import type { SelectQueryBuilder } from 'kysely'
import type { Trx } from './database.ts'
import { lineOf } from './line.ts'

/**
 * For the select that picks what a process claims: locks the rows it reads and passes over those that another process
 * is claiming, as in `query.$call(skipLocked(trx))`. SQLite has one writer, so there nothing is to be locked.
 */
export function skipLocked(trx: Trx) {
  const locks = lineOf(trx).dialect === 'postgres'
  return <DB, Table extends keyof DB, Row>(query: SelectQueryBuilder<DB, Table, Row>) => (locks ? query.forUpdate().skipLocked() : query)
}
