import { AppError } from '../errors.ts'
import { type Asking, administeredNodes } from '../nodes/rights.ts'
import type { AdministratorRole, Db, Millis, UserStatus } from '../storage/database.ts'
import { rolesWithPlace } from './set-role.ts'

export interface ListedAdministrator {
  userId: string
  email: string
  status: UserStatus
  nodeId: string
  nodeName: string
  isRoot: boolean
  role: AdministratorRole
  createdAt: Millis
}

/** The roles in the nodes that a user may read, in the order of nodes and users. Deleted administrators are in it until they are dismissed. */
export async function listAdministrators(db: Db, userId: string): Promise<ListedAdministrator[]> {
  const nodes = await administeredNodes(db, userId, 'read')
  if (nodes.length === 0) return []
  const rows = await db
    .selectFrom('administrators as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .innerJoin('nodes as n', 'n.id', 'a.node_id')
    .select([
      'u.id as userId',
      'u.email',
      'u.status',
      'n.id as nodeId',
      'n.name as nodeName',
      'n.parent_id',
      'a.role',
      'a.created_at as createdAt',
    ])
    .where('a.node_id', 'in', nodes)
    .orderBy('a.node_id')
    .orderBy('a.user_id')
    .execute()
  return rows.map(({ parent_id: parent, ...row }) => ({ ...row, isRoot: parent === null }))
}

/** One user's roles, wherever they are. */
export interface RolesOfUser {
  email: string
  status: UserStatus
  roles: { nodeId: string; isRoot: boolean; role: AdministratorRole }[]
}

/**
 * All roles of a user, deleted or not, for who may read the user's node or one in which the user has a role.
 * @throws AppError `not_found`
 */
export async function rolesFor(db: Db, caller: Asking, userId: string): Promise<RolesOfUser> {
  const user = await db
    .selectFrom('users')
    .select(['email', 'status', 'node_id'])
    .where('id', '=', userId)
    .where('enterprise_id', '=', caller.enterpriseId)
    .executeTakeFirst()
  const roles = await rolesWithPlace(db, userId)
  const readable = new Set(await administeredNodes(db, caller.userId, 'read'))
  if (user === undefined || ![user.node_id, ...roles.map(({ nodeId }) => nodeId)].some((nodeId) => readable.has(nodeId))) {
    throw new AppError('not_found', `There is no user ${userId} in the nodes that you administer.`)
  }
  const { email, status } = user
  return { email, status, roles }
}
