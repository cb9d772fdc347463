import { sql } from 'kysely'
import { aside } from '../storage/aside.ts'
import type { Database, Db, Millis } from '../storage/database.ts'
import { smallestIdAt } from '../storage/time-of-id.ts'
import { type NamedThing, namesFor } from './names.ts'

/** What is asked of the audit log: all of it must hold. */
export interface ActivityQuery {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly subject?: string | undefined
  readonly from?: Millis | undefined
  readonly to?: Millis | undefined
}

/** Whose log it is, and the nodes it is read of; `isWhole` for all, and for what took place in no node. */
export interface ActivityReach {
  readonly enterpriseId: string
  readonly nodes: readonly string[]
  readonly isWhole: boolean
}

/** A row of the audit log, with names. */
export interface ActivityRow {
  id: string
  at: Millis
  actor: NamedThing
  action: string
  subject: NamedThing
  detail: Record<string, unknown>
}

/**
 * The rows that fit, after the row `after`; newest first, or oldest first. An index leads to actor, action, subject or
 * node, each in the order of ids; what is asked for besides is looked for among what it finds, aside.
 */
export async function findActivity(
  db: Db,
  reach: ActivityReach,
  query: ActivityQuery,
  page: { after?: string | undefined; oldestFirst?: boolean; limit: number },
): Promise<ActivityRow[]> {
  const read = aside(db)
  const bySomething = [query.actor, query.action, query.subject].some((given) => given !== undefined)
  const nodes = reach.isWhole || bySomething ? [undefined] : reach.nodes
  const found = await Promise.all(nodes.map((nodeId) => selectRows(read, reach, query, page, nodeId)))
  const direction = page.oldestFirst ? 1 : -1
  const rows = found
    .flat()
    .toSorted((a, b) => (a.id < b.id ? -direction : direction))
    .slice(0, page.limit)
  return withNames(db, rows)
}

type Row = Database['audit_log'] extends infer Table ? { [Key in Exclude<keyof Table, 'node_id'>]: Table[Key] } : never

function selectRows(
  db: Db,
  { enterpriseId, nodes, isWhole }: ActivityReach,
  { actor, action, subject, from, to }: ActivityQuery,
  { after, oldestFirst = false, limit }: { after?: string | undefined; oldestFirst?: boolean; limit: number },
  nodeId: string | undefined,
) {
  return (
    db
      .selectFrom('audit_log')
      .select(['id', 'enterprise_id', 'at', 'actor', 'action', 'subject_kind', 'subject_id', 'detail'])
      .where('enterprise_id', '=', enterpriseId)
      .$if(nodeId !== undefined, (rows) => rows.where('node_id', '=', nodeId ?? ''))
      // Not the bare column: the index of nodes would give every row of them, to be sorted.
      .$if(nodeId === undefined && !isWhole, (rows) => rows.where(sql<string>`(node_id || '')`, 'in', nodes))
      .$if(actor !== undefined, (rows) => rows.where('actor', '=', actor ?? ''))
      .$if(action !== undefined, (rows) => rows.where('action', '=', action ?? ''))
      .$if(subject !== undefined, (rows) => rows.where('subject_id', '=', subject ?? ''))
      .$if(from !== undefined, (rows) => rows.where('id', '>=', smallestIdAt(from ?? 0)))
      .$if(to !== undefined, (rows) => rows.where('id', '<', smallestIdAt(to ?? 0)))
      .$if(after !== undefined, (rows) => rows.where('id', oldestFirst ? '>' : '<', after ?? ''))
      .orderBy('id', oldestFirst ? 'asc' : 'desc')
      .limit(limit)
      .execute()
  )
}

/** What happened to one user or team, newest first, after the row `after`. */
export async function activityOf(db: Db, enterpriseId: string, subject: string, page: { after?: string | undefined; limit: number }) {
  return withNames(db, await selectRows(db, { enterpriseId, nodes: [], isWhole: true }, { subject }, page, undefined))
}

async function withNames(db: Db, rows: readonly Row[]): Promise<ActivityRow[]> {
  const names = await namesFor(db, rows)
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    actor: names.actor(row.actor),
    action: row.action,
    subject: names.subject(row.subject_kind, row.subject_id),
    detail: detailOf(row.detail),
  }))
}

function detailOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
