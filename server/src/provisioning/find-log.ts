import { sql } from 'kysely'
import { type NamedThing, namesFor } from '../audit/names.ts'
import { showsNames } from '../enterprises/settings.ts'
import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Db, Millis } from '../storage/database.ts'
import { smallestIdAt } from '../storage/time-of-id.ts'
import { methodsIn } from './figures.ts'
import type { LogEntry } from './log.ts'
import { withoutNames } from './without-names.ts'

/** What is asked of the provisioning log: all of it must hold. */
export interface LogQuery {
  readonly user?: string | undefined
  readonly operation?: string | undefined
  readonly result?: 'ok' | 'failed' | undefined
  readonly from?: Millis | undefined
  readonly to?: Millis | undefined
}

/** A request of a directory as the console shows it. */
export interface LogView {
  id: string
  at: Millis
  nodeId: string
  nodeName: string
  methodId: string
  requestId: string
  httpMethod: string
  path: string
  status: number
  result: 'ok' | 'failed'
  operation: string
  subject: NamedThing | null
  summary: string
  detail: string | null
  advice: string | null
  requestBody: string | null
}

interface Walk {
  readonly from: string | undefined
  /** Lines up to before this id; undefined for all. */
  readonly until: string | undefined
  readonly oldestFirst: boolean
  readonly limit: number
}

/**
 * The lines that fit, beyond the line `from`. Only nodes with a method have any, and in each an index leads to its lines in
 * their order: all, of an operation, or failed. So a page costs its lines, times the directories.
 */
export async function findLog(db: Db, reach: NodeReach, query: LogQuery, walk: Walk): Promise<LogView[]> {
  const read = aside(db)
  const methods = await methodsIn(db, reach)
  const places = query.user === undefined ? methods.map(({ nodeId }) => nodeId) : [undefined]
  const found = await Promise.all(places.map((nodeId) => selectIds(read, reach, query, walk, nodeId)))
  const direction = walk.oldestFirst ? 1 : -1
  const ids = found
    .flat()
    .map(({ id }) => id)
    .toSorted((a, b) => (a < b ? -direction : direction))
    .slice(0, walk.limit)
  return showLines(db, reach.enterpriseId, ids)
}

function selectIds(
  db: Db,
  { nodes, isWhole, enterpriseId }: NodeReach,
  { user, operation, result, from, to }: LogQuery,
  walk: Walk,
  nodeId: string | undefined,
) {
  return (
    db
      .selectFrom('provisioning_log')
      .select('id')
      .$if(nodeId !== undefined, (rows) => rows.where('node_id', '=', nodeId ?? ''))
      .$if(user !== undefined, (rows) => rows.where('subject_id', '=', user ?? '').where('enterprise_id', '=', enterpriseId))
      // Not the bare column: its index would give every line of the nodes.
      .$if(nodeId === undefined && !isWhole, (rows) => rows.where(sql<string>`(node_id || '')`, 'in', nodes))
      .$if(operation !== undefined, (rows) => rows.where('operation', '=', operation ?? ''))
      // Written out, so that the index of failures is used.
      .$if(result === 'failed', (rows) => rows.where('status', '>=', sql.lit(400)))
      .$if(result === 'ok', (rows) => rows.where('status', '<', sql.lit(400)))
      .$if(from !== undefined, (rows) => rows.where('id', '>=', smallestIdAt(from ?? 0)))
      .$if(to !== undefined, (rows) => rows.where('id', '<', smallestIdAt(to ?? 0)))
      .$if(walk.from !== undefined, (rows) => rows.where('id', walk.oldestFirst ? '>' : '<', walk.from ?? ''))
      .$if(walk.until !== undefined, (rows) => rows.where('id', '<', walk.until ?? ''))
      .orderBy('id', walk.oldestFirst ? 'asc' : 'desc')
      .limit(walk.limit)
      .execute()
  )
}

/** What is shown of these lines, in the order of the ids. */
async function showLines(db: Db, enterpriseId: string, ids: readonly string[]): Promise<LogView[]> {
  if (ids.length === 0) return []
  const [rows, names] = await Promise.all([
    db.selectFrom('provisioning_log').selectAll().where('id', 'in', ids).execute(),
    showsNames(db, enterpriseId),
  ])
  const things = await namesFor(db, [...rows, ...rows.map(({ node_id: id }) => ({ subject_kind: 'node', subject_id: id }))])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    if (row === undefined) return []
    const { subject_kind: kind, subject_id: subjectId } = row
    const subject = kind === null || subjectId === null ? null : things.subject(kind, subjectId)
    const nodeName = things.subject('node', row.node_id).name ?? ''
    return [{ ...viewOf(row, names), nodeName, subject }]
  })
}

function viewOf(row: LogEntry, names: boolean) {
  const request = names ? { path: row.path, requestBody: row.request_body } : withoutNames(row)
  return {
    id: row.id,
    at: row.at,
    nodeId: row.node_id,
    methodId: row.method_id,
    requestId: row.request_id,
    httpMethod: row.http_method,
    ...request,
    status: row.status,
    result: row.status < 400 ? ('ok' as const) : ('failed' as const),
    operation: row.operation,
    summary: row.summary,
    detail: row.detail,
    advice: row.advice,
  }
}
