import { currentLog } from '../enterprise-log/state.ts'
import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import type { Reader } from './reader.ts'

const selectRoles = prepare<{ ids: string }>()((db, p, dialect) =>
  db
    .selectFrom('administrators')
    .select(['user_id', 'node_id'])
    .where('user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.ids)).select('ids.value')),
)

/** The nodes that each reader sees, by the reader's id: of administrators by their roles, of automators by the log. Others are not in it. */
export async function nodesOfReaders(
  db: Db,
  enterpriseId: string,
  readers: readonly Reader[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const roots = [...(await rootsOfPeople(db, readers)), ...(await rootsOfAutomators(db, enterpriseId, readers))]
  if (roots.length === 0) return new Map()
  const nodes = await db.selectFrom('nodes').select(['id', 'parent_id']).where('enterprise_id', '=', enterpriseId).execute()
  const children = Map.groupBy(nodes, ({ parent_id: parentId }) => parentId)
  const under = (nodeId: string): string[] => [nodeId, ...(children.get(nodeId) ?? []).flatMap(({ id }) => under(id))]
  const all = nodes.map(({ id }) => id)
  const reach = new Map<string, Set<string>>()
  for (const { readerId, nodeId } of roots) {
    const seen = reach.get(readerId) ?? new Set<string>()
    for (const id of nodeId === null ? all : under(nodeId)) seen.add(id)
    reach.set(readerId, seen)
  }
  return reach
}

/** A node under which a reader sees everything; null: all nodes. */
interface Root {
  readerId: string
  nodeId: string | null
}

async function rootsOfPeople(db: Db, readers: readonly Reader[]): Promise<Root[]> {
  const ids = [...new Set(readers.filter(({ kind }) => kind === 'user').map(({ id }) => id))]
  if (ids.length === 0) return []
  const { rows } = await selectRoles(db, { ids: JSON.stringify(ids) })
  return rows.map((row) => ({ readerId: row.user_id, nodeId: row.node_id }))
}

async function rootsOfAutomators(db: Db, enterpriseId: string, readers: readonly Reader[]): Promise<Root[]> {
  const ids = new Set(readers.filter(({ kind }) => kind === 'automator').map(({ id }) => id))
  if (ids.size === 0) return []
  const enrolled = [...((await currentLog(db, enterpriseId))?.automators ?? [])].filter(([id]) => ids.has(id))
  return enrolled.flatMap(([readerId, { scope }]) => (scope.nodes ?? [null]).map((nodeId) => ({ readerId, nodeId })))
}
