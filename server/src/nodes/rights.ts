import { AppError } from '../errors.ts'
import type { AdministratorRole, Db } from '../storage/database.ts'
import type { ProvenNodeId } from './scope.ts'

/**
 * What an administrator may do in a node. `manage`: administrators, nodes, provisioning methods, settings. `manage-users`:
 * lock, unlock, delete, invite. `approve`: teams, memberships, people, devices. `read`: see all of it.
 */
export type Right = 'manage' | 'manage-users' | 'approve' | 'read'

/** The person who asks: a UserCaller of the API is one. */
export interface Asking {
  readonly userId: string
  readonly enterpriseId: string
}

/** A role of a user: it holds for the node and everything under it. */
export interface HeldRole {
  nodeId: string
  nodeName: string
  role: AdministratorRole
}

const rightsOf: Readonly<Record<AdministratorRole, readonly Right[]>> = {
  full: ['manage', 'manage-users', 'approve', 'read'],
  'users-and-teams': ['manage-users', 'approve', 'read'],
  approvals: ['approve', 'read'],
  'read-only': ['read'],
}

const wordsFor: Readonly<Record<AdministratorRole, string>> = {
  full: 'full administrator',
  'users-and-teams': 'administrator of users and teams',
  approvals: 'approver',
  'read-only': 'read-only administrator',
}

/** Whether a role gives a right. */
export function gives(role: AdministratorRole, right: Right): boolean {
  return rightsOf[role].includes(right)
}

/** The roles of a user, in the order of the nodes' ids. */
export function rolesOf(db: Db, userId: string): Promise<HeldRole[]> {
  return db
    .selectFrom('administrators')
    .innerJoin('nodes', 'nodes.id', 'administrators.node_id')
    .select(['nodes.id as nodeId', 'nodes.name as nodeName', 'administrators.role'])
    .where('administrators.user_id', '=', userId)
    .orderBy('nodes.id')
    .execute()
}

/** The nodes in which a user has a right, through a role there or above, in the order of their ids. Empty for who is no administrator. */
export async function administeredNodes(db: Db, userId: string, right: Right): Promise<string[]> {
  const roles = await rolesOf(db, userId)
  return nodesUnder(
    db,
    roles.filter(({ role }) => gives(role, right)).map(({ nodeId }) => nodeId),
  )
}

/** These nodes and all under them, in the order of their ids. */
export async function nodesUnder(db: Db, nodeIds: readonly string[]): Promise<string[]> {
  if (nodeIds.length === 0) return []
  const rows = await db
    .withRecursive('reach(id)', (make) =>
      make
        .selectFrom('nodes')
        .select('id')
        .where('id', 'in', nodeIds)
        .union(make.selectFrom('nodes').innerJoin('reach', 'reach.id', 'nodes.parent_id').select('nodes.id')),
    )
    .selectFrom('reach')
    .select('id')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** The roles that a user has on a node or above it. */
async function rolesOver(db: Db, userId: string, nodeId: string): Promise<AdministratorRole[]> {
  const rows = await db
    .withRecursive('above(id, parent_id)', (make) =>
      make
        .selectFrom('nodes')
        .select(['id', 'parent_id'])
        .where('id', '=', nodeId)
        .union(make.selectFrom('nodes').innerJoin('above', 'above.parent_id', 'nodes.id').select(['nodes.id', 'nodes.parent_id'])),
    )
    .selectFrom('above')
    .innerJoin('administrators', 'administrators.node_id', 'above.id')
    .select('administrators.role')
    .where('administrators.user_id', '=', userId)
    .execute()
  return rows.map(({ role }) => role)
}

/** Whether the user has the right in the node. */
export async function hasRight(db: Db, userId: string, nodeId: string, right: Right): Promise<boolean> {
  return (await rolesOver(db, userId, nodeId)).some((role) => gives(role, right))
}

/**
 * The node, proven: the caller has the right there, through a role on it or above.
 * @throws AppError `forbidden`, in the same words for a node that does not exist
 */
export async function requireRight(db: Db, caller: Asking, nodeId: string, right: Right): Promise<ProvenNodeId> {
  if (await hasRight(db, caller.userId, nodeId, right)) return nodeId as ProvenNodeId
  throw missingRight(right)
}

/** @throws AppError `forbidden` unless the caller has the right at the root, hence everywhere. */
export async function requireRightEverywhere(db: Db, caller: Asking, right: Right): Promise<ProvenNodeId> {
  const root = await db
    .selectFrom('nodes')
    .select('id')
    .where('enterprise_id', '=', caller.enterpriseId)
    .where('parent_id', 'is', null)
    .executeTakeFirstOrThrow()
  return requireRight(db, caller, root.id, right)
}

/**
 * The node of a user or team in which the caller has the right; archived teams and deleted users too.
 * @throws AppError `not_found`, also where the caller has no role over it: ids of others are not to be probed; `forbidden`
 * where their role is too small
 */
export async function requireRightOver(
  db: Db,
  caller: Asking,
  what: { kind: 'user' | 'team'; id: string },
  right: Right,
): Promise<ProvenNodeId> {
  const row = await db
    .selectFrom(what.kind === 'user' ? 'users' : 'teams')
    .select('node_id')
    .where('id', '=', what.id)
    .where('enterprise_id', '=', caller.enterpriseId)
    .executeTakeFirst()
  const roles = row === undefined ? [] : await rolesOver(db, caller.userId, row.node_id)
  if (row === undefined || roles.length === 0) {
    throw new AppError('not_found', `There is no ${what.kind} ${what.id.slice(0, 100)} in the nodes that you administer.`)
  }
  if (!roles.some((role) => gives(role, right))) throw missingRight(right)
  return row.node_id as ProvenNodeId
}

/**
 * Refuses an act on an administrator by one who could not dismiss them: who may lock people in a node, or admit their
 * devices, must not thereby take the place of somebody above. No refusal for who is no administrator, or the caller.
 * @throws AppError `forbidden`
 */
export async function requireNotAbove(db: Db, caller: Asking, userId: string): Promise<void> {
  if (userId === caller.userId) return
  for (const { nodeId, nodeName } of await rolesOf(db, userId)) {
    if (await hasRight(db, caller.userId, nodeId, 'manage')) continue
    throw new AppError(
      'forbidden',
      `This user is an administrator of ${nodeName}: it takes a full administrator of that node, or above it.`,
    )
  }
}

function missingRight(right: Right): AppError {
  const able = roles.filter((role) => gives(role, right)).map((role) => wordsFor[role])
  return new AppError(
    'forbidden',
    `This needs another role on this node, or on one above it: ${able.join(', or ')}. Ask a full administrator for it.`,
  )
}

const roles: readonly AdministratorRole[] = ['full', 'users-and-teams', 'approvals', 'read-only']
