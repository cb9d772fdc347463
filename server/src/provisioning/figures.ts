import { sql } from 'kysely'
import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Db, MethodState, Millis, PausedBy } from '../storage/database.ts'
import { rowsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { smallestIdAt } from '../storage/time-of-id.ts'

/** Requests of a directory: all, and those that were refused. */
export interface Operations {
  operations: number
  failures: number
}

/** The lines of a node's log from a time on, up to before another. */
export interface Span {
  readonly nodeId: string
  readonly from: Millis
  readonly to: Millis
}

const countSpans = prepare<{ spans: string }>()((db, p, dialect) => {
  const { table, text, number } = rowsOf<'nodeId' | 'first' | 'end' | 'position'>(dialect, p.spans)
  const within = sql`node_id = ${text('nodeId')} and id >= ${text('first')} and id < ${text('end')}`
  return db.selectFrom(table).select([
    number('position').as('position'),
    sql<number>`(select count(*) from provisioning_log where ${within})`.as('operations'),
    // The status written out, so that the index of failures is used.
    sql<number>`(select count(*) from provisioning_log where ${within} and status >= 400)`.as('failures'),
  ])
})

/** Counts the lines of each span by ranges of two indexes, aside: what a span costs, its lines decide, some 50 ms for a million. */
export async function countOperations(db: Db, spans: readonly Span[]): Promise<Operations[]> {
  if (spans.length === 0) return []
  const given = spans.map(({ nodeId, from, to }, position) => ({ nodeId, first: smallestIdAt(from), end: smallestIdAt(to), position }))
  const { rows } = await countSpans(aside(db), { spans: JSON.stringify(given) })
  const counts = spans.map(() => ({ operations: 0, failures: 0 }))
  for (const { position, operations, failures } of rows) {
    counts[Number(position)] = { operations: Number(operations), failures: Number(failures) }
  }
  return counts
}

/** The last request that came with a token of the node's method; undefined where the log has none. */
export function lastContact(db: Db, nodeId: string): Promise<{ at: Millis; operation: string; status: number } | undefined> {
  return db
    .selectFrom('provisioning_log')
    .select(['at', 'operation', 'status'])
    .where('node_id', '=', nodeId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** A method as lists name it. */
export interface PlacedMethod {
  methodId: string
  nodeId: string
  nodeName: string
  state: MethodState
  pausedBy: PausedBy | null
  observe: boolean
}

/** The methods in these nodes, by the names of the nodes. */
export async function methodsIn(db: Db, { enterpriseId, nodes, isWhole }: NodeReach): Promise<PlacedMethod[]> {
  const rows = await db
    .selectFrom('provisioning_methods as method')
    .innerJoin('nodes as n', 'n.id', 'method.node_id')
    .select(['method.id as methodId', 'method.node_id as nodeId', 'n.name as nodeName', 'method.state'])
    .select(['method.paused_by as pausedBy', 'method.observe'])
    .where('method.enterprise_id', '=', enterpriseId)
    .$if(!isWhole, (query) => query.where('method.node_id', 'in', nodes))
    .orderBy('n.name')
    .orderBy('method.id')
    .execute()
  return rows.map((row) => ({ ...row, observe: row.observe === 1 }))
}
