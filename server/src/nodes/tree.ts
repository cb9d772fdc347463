import { AppError } from '../errors.ts'
import type { Db, MethodState, Millis } from '../storage/database.ts'
import { countTeamsByNode, type TeamCounts } from '../teams/figures.ts'
import { countUsersByNode, type UserCounts } from '../users/figures.ts'
import { rightsByNode } from './reach.ts'
import { occupantsOf } from './remove.ts'
import { type Asking, type Right, requireRight } from './rights.ts'

/** A node as the console's tree shows it. Counts are of the node alone. */
export interface TreeNode {
  nodeId: string
  parentId: string | null
  isRoot: boolean
  name: string
  createdAt: Millis
  users: UserCounts
  teams: TeamCounts
  method: { methodId: string; state: MethodState } | null
  rights: Right[]
}

/** The nodes that the caller may read, parents before children. @throws AppError `forbidden` for who is no administrator */
export async function readTree(db: Db, caller: Asking): Promise<TreeNode[]> {
  const rights = await rightsByNode(db, caller)
  const [rows, users, teams] = await Promise.all([
    selectNodes(db, [...rights.keys()]),
    countUsersByNode(db, caller),
    countTeamsByNode(db, caller),
  ])
  const nodes = rows.map((row) => ({
    nodeId: row.id,
    parentId: row.parent_id !== null && rights.has(row.parent_id) ? row.parent_id : null,
    isRoot: row.parent_id === null,
    name: row.name,
    createdAt: row.created_at,
    users: users.get(row.id) ?? { invited: 0, active: 0, locked: 0 },
    teams: teams.get(row.id) ?? { pending: 0, active: 0, archived: 0 },
    method: row.methodId === null || row.methodState === null ? null : { methodId: row.methodId, state: row.methodState },
    rights: rights.get(row.id) ?? [],
  }))
  return parentsFirst(nodes)
}

/** A node, with those above it that the caller may read. @throws AppError `forbidden` */
export async function readTreeNode(db: Db, caller: Asking, nodeId: string) {
  await requireRight(db, caller, nodeId, 'read')
  const tree = await readTree(db, caller)
  const node = tree.find((each) => each.nodeId === nodeId)
  // It was removed between the two reads.
  if (!node) throw new AppError('not_found', 'This node was removed meanwhile.')
  const path: { nodeId: string; name: string }[] = []
  for (let at: TreeNode | undefined = node; at; at = tree.find((each) => each.nodeId === at?.parentId)) {
    path.unshift({ nodeId: at.nodeId, name: at.name })
  }
  const { administrators } = await db
    .selectFrom('administrators')
    .select(({ fn }) => fn.countAll<number>().as('administrators'))
    .where('node_id', '=', nodeId)
    .executeTakeFirstOrThrow()
  const occupiedBy = await occupantsOf(db, { id: nodeId, parent_id: node.isRoot ? null : nodeId })
  return { ...node, path, administrators: Number(administrators), occupiedBy }
}

function selectNodes(db: Db, nodeIds: readonly string[]) {
  return db
    .selectFrom('nodes')
    .leftJoin('provisioning_methods as method', (join) => join.onRef('method.node_id', '=', 'nodes.id').on('method.kind', '=', 'scim'))
    .select(['nodes.id', 'nodes.parent_id', 'nodes.name', 'nodes.created_at', 'method.id as methodId', 'method.state as methodState'])
    .where('nodes.id', 'in', nodeIds)
    .orderBy('nodes.id')
    .execute()
}

/** A restored or moved node may have a parent that was made after it, so the order of ids is not enough. */
function parentsFirst(nodes: readonly TreeNode[]): TreeNode[] {
  const children = Map.groupBy(nodes, ({ parentId }) => parentId)
  const ordered: TreeNode[] = []
  const add = (parentId: string | null) => {
    for (const node of children.get(parentId) ?? []) {
      ordered.push(node)
      add(node.nodeId)
    }
  }
  add(null)
  return ordered
}
