import type { Me } from '@claviger/contract/api/accounts.ts'
import { type EnterpriseLogId, NodeId, UserId } from '@claviger/contract/ids.ts'
import { AppError } from '../errors.ts'
import { rolesOf } from '../nodes/rights.ts'
import { unseenNotices as unseenNoticesOf } from '../notices/notices.ts'
import type { Db, Millis } from '../storage/database.ts'
import { namesOf } from '../users/names.ts'
import { findAccount } from './find.ts'
import { wrapsOf } from './wraps.ts'

/** What somebody's devices need of the account. `session` is of the one who asks. @throws AppError `not_found` */
export async function describeMe(db: Db, session: { userId: string; enterprise: EnterpriseLogId; provenAt: Millis }): Promise<Me> {
  const { userId, enterprise, provenAt } = session
  const [user, account, wraps, roles, unseenNotices] = await Promise.all([
    selectUser(db, userId),
    findAccount(db, userId),
    wrapsOf(db, userId),
    rolesOf(db, userId),
    unseenNoticesOf(db, userId),
  ])
  if (!user || !account) throw new AppError('not_found', 'This account is gone: ask your administrator.')
  return {
    userId: UserId.parse(userId),
    email: user.email,
    ...namesOf(user.resource),
    enterpriseId: user.enterprise_id,
    enterprise,
    enterpriseName: user.enterpriseName,
    nodeId: NodeId.parse(user.node_id),
    roles: roles.map(({ nodeId, ...role }) => ({ nodeId: NodeId.parse(nodeId), ...role })),
    identity: account.identity,
    wraps,
    deviceList: account.deviceList,
    deviceListVersion: account.deviceListVersion,
    provenAt,
    unseenNotices,
  }
}

function selectUser(db: Db, userId: string) {
  return db
    .selectFrom('users')
    .innerJoin('enterprises', 'enterprises.id', 'users.enterprise_id')
    .select(['users.email', 'users.resource', 'users.node_id', 'users.enterprise_id', 'enterprises.name as enterpriseName'])
    .where('users.id', '=', userId)
    .executeTakeFirst()
}
