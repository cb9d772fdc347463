import { AppError } from '../errors.ts'
import type { Db } from '../storage/database.ts'
import { type Asking, administeredNodes, nodesUnder, type Right, requireRight } from './rights.ts'

/** The nodes that an administrator looks at. */
export interface NodeReach {
  readonly enterpriseId: string
  /** In the order of their ids; never empty. */
  readonly nodes: readonly string[]
  /** It is the whole enterprise, so that nothing needs to be filtered by node. */
  readonly isWhole: boolean
}

/**
 * The nodes in which the caller may read; of them this one and all under it, where one is given.
 * @throws AppError `forbidden` for who is no administrator, or not of that node
 */
export async function reachOf(db: Db, caller: Asking, nodeId?: string): Promise<NodeReach> {
  const own = await administeredNodes(db, caller.userId, 'read')
  if (own.length === 0) throw noAdministrator()
  const nodes = nodeId === undefined ? own : await nodesUnder(db, [await requireRight(db, caller, nodeId, 'read')])
  return { enterpriseId: caller.enterpriseId, nodes, isWhole: nodes.includes(await rootOf(db, caller.enterpriseId)) }
}

/** What a caller may do, node by node; nodes without any right are not in it. */
export async function rightsByNode(db: Db, caller: Asking): Promise<Map<string, Right[]>> {
  const rights = new Map<string, Right[]>()
  for (const right of ['manage', 'manage-users', 'approve', 'read'] as const) {
    for (const nodeId of await administeredNodes(db, caller.userId, right)) {
      rights.set(nodeId, [...(rights.get(nodeId) ?? []), right])
    }
  }
  if (rights.size === 0) throw noAdministrator()
  return rights
}

/** The root node of an enterprise. */
export async function rootOf(db: Db, enterpriseId: string): Promise<string> {
  const root = await db
    .selectFrom('nodes')
    .select('id')
    .where('enterprise_id', '=', enterpriseId)
    .where('parent_id', 'is', null)
    .executeTakeFirstOrThrow()
  return root.id
}

function noAdministrator() {
  return new AppError(
    'forbidden',
    'The Admin Console is for administrators, and you are none: ask a full administrator to give you a role.',
  )
}
