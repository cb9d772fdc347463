import { type Selectable, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { nodeTotals } from '../../nodes/counts.ts'
import type { ProvenNodeId } from '../../nodes/scope.ts'
import { aside } from '../../storage/aside.ts'
import type { Database, Db } from '../../storage/database.ts'
import { lineOf } from '../../storage/line.ts'
import type { ScimContext } from '../context.ts'
import { filterToSql, sortKeyToSql } from '../filter/filter-sql.ts'
import { isQuick } from '../filter/indexed.ts'
import { isArray, type JsonValue } from '../json-value.ts'
import { openCursor, sealCursor } from './cursor.ts'
import { type ListQuery, queryFingerprint } from './list-query.ts'
import { anchors } from './page-anchors.ts'

type Table = 'users' | 'teams'
type Row<T extends Table> = Selectable<Database[T]>

/** One page of a list. */
export interface ListPage<T extends Table> {
  readonly rows: Row<T>[]
  /** Of all that the query finds, not of this page. */
  readonly total: number
  readonly startIndex: number
  /** Present on all pages but the last, where the client pages by cursor. */
  readonly nextCursor: string | undefined
}

/** Where a page begins: after this row, in the order of the query. `key` is what it was sorted by. */
interface Position {
  readonly key: string | number | null
  readonly id: string
}

/**
 * Reads a page of a node's users or teams, in the order of their ids or of `sortBy`. Pages by index seek from where the
 * page before them ended, as cursors do, so depth costs nothing to those who page through.
 */
export async function listPage<T extends Table>(
  context: ScimContext,
  nodeId: ProvenNodeId,
  table: T,
  query: ListQuery,
): Promise<ListPage<T>> {
  const fingerprint = queryFingerprint(query, `${table} of ${nodeId}`)
  const start = startOf(context, query, fingerprint)
  const db = isQuick(query, start.skip) ? context.db : aside(context.db)
  const rows = query.count === 0 ? [] : await selectPage(db, nodeId, table, query, start)
  const more = rows.length > query.count
  const shown = more ? rows.slice(0, query.count) : rows
  const last = shown.at(-1)
  const end = last && { key: last.sort_key, id: last.id }
  const startIndex = query.page.kind === 'index' ? query.page.startIndex : 1
  if (query.page.kind === 'index' && more && end) anchors.remember(fingerprint, startIndex + shown.length, end)
  const complete = query.page.kind === 'index' && startIndex === 1 && query.count > 0 && !more
  return {
    rows: shown as unknown as Row<T>[],
    total: complete ? shown.length : await totalOf(db, nodeId, table, query),
    startIndex,
    nextCursor:
      query.page.kind === 'cursor' && more && end ? sealCursor([end.key, end.id], fingerprint, context.cursorKey, Date.now()) : undefined,
  }
}

interface Start {
  readonly after: Position | undefined
  readonly skip: number
}

function startOf(context: ScimContext, { page }: ListQuery, fingerprint: string): Start {
  if (page.kind === 'index') {
    const after = page.startIndex > 1 ? anchors.find(fingerprint, page.startIndex) : undefined
    return { after, skip: after ? 0 : page.startIndex - 1 }
  }
  if (page.token === undefined) return { after: undefined, skip: 0 }
  return { after: readPosition(openCursor(page.token, fingerprint, context.cursorKey, Date.now())), skip: 0 }
}

function readPosition(value: JsonValue): Position {
  const [key, id] = isArray(value) ? value : []
  if (typeof id === 'string' && (key === null || typeof key === 'string' || typeof key === 'number')) return { key, id }
  throw new AppError('invalid_cursor', 'The cursor does not belong to this query: begin again with the first page.')
}

interface SelectedRow {
  readonly id: string
  readonly sort_key: string | number | null
}

async function selectPage(db: Db, nodeId: string, table: Table, query: ListQuery, start: Start): Promise<SelectedRow[]> {
  const key = query.sort && sortKeyToSql(query.sort.ref, table, lineOf(db).dialect)
  const direction = query.sort?.descending ? sql.raw('desc') : sql.raw('asc')
  const { rows } = await sql<SelectedRow>`
    select ${sql.table(table)}.*, ${key ?? sql`null`} as sort_key from ${sql.table(table)}
    where ${conditionOf(db, nodeId, table, query)} and ${start.after ? afterCondition(start.after, key, query.sort?.descending) : sql`1 = 1`}
    order by ${key ? sql`(${key}) is null ${direction}, ${key} ${direction}, ` : sql``} ${sql.ref(`${table}.id`)} ${direction}
    limit ${query.count + 1} ${start.skip > 0 ? sql`offset ${start.skip}` : sql``}`.execute(db)
  return rows
}

type Condition = ReturnType<typeof sql<boolean>>

/** That a row comes after `position`. Rows without a value are last when ascending, first when descending (RFC 7644 §3.4.2.3). */
function afterCondition(position: Position, key: ReturnType<typeof sortKeyToSql> | undefined, descending = false): Condition {
  const id = sql.ref('id')
  const beyond = descending ? sql.raw('<') : sql.raw('>')
  const idBeyond = sql<boolean>`${id} ${beyond} ${position.id}`
  if (!key) return idBeyond
  if (position.key === null) {
    const sameBlank = sql<boolean>`((${key}) is null and ${idBeyond})`
    return descending ? sql<boolean>`(${sameBlank} or (${key}) is not null)` : sameBlank
  }
  const further = sql<boolean>`((${key}) ${beyond} ${position.key} or ((${key}) = ${position.key} and ${idBeyond}))`
  return descending ? further : sql<boolean>`(${further} or (${key}) is null)`
}

function conditionOf(db: Db, nodeId: string, table: Table, { filter }: ListQuery): Condition {
  const gone = table === 'users' ? sql.ref('users.deleted_at') : sql.ref('teams.archived_at')
  const wanted = filter ? filterToSql(filter, table, lineOf(db).dialect) : sql`1 = 1`
  return sql<boolean>`${sql.ref(`${table}.node_id`)} = ${nodeId} and ${gone} is null and ${wanted}`
}

async function totalOf(db: Db, nodeId: string, table: Table, query: ListQuery): Promise<number> {
  if (!query.filter) return (await nodeTotals(db, nodeId))[table]
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from ${sql.table(table)} where ${conditionOf(db, nodeId, table, query)}`.execute(db)
  return Number(rows[0]?.total ?? 0)
}
