import { administeredNodes } from '../nodes/rights.ts'
import type { AdministratorRole, Db, Millis, UserStatus } from '../storage/database.ts'

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
