import { record } from '../audit/record.ts'
import { cancelInvitations } from '../invitations/invite.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx } from '../storage/database.ts'
import { leaveAllTeams } from '../teams/members.ts'
import { type TeamWithoutHolder, teamsLeftWithoutHolder } from '../teams/without-holder.ts'
import { leaveFolders } from '../vault/leave.ts'
import { guardLastAdministrator } from './administrators.ts'
import { endAccess } from './end-access.ts'
import { lockUserRow, type User } from './user.ts'

/**
 * Takes a user out of the directory's view (story 14): gone from every list and team, locked with every session ended, and
 * kept for the enterprise's retention time, in which the same person gets the account back.
 * @returns also the teams on which nobody active is left who holds the key
 * @throws AppError `not_found`, `forbidden` for the last administrator.
 */
export async function deleteUser(trx: Trx, scope: Scope, userId: string): Promise<{ user: User; teams: TeamWithoutHolder[] }> {
  const user = await lockUserRow(trx, scope, userId)
  await guardLastAdministrator(trx, user, 'delete')
  const withoutHolder = user.status === 'active' ? await teamsLeftWithoutHolder(trx, user.id) : []
  await trx
    .updateTable('users')
    .set((eb) => ({ deleted_at: scope.at, updated_at: scope.at, status: 'locked' as const, version: eb('version', '+', 1) }))
    .where('id', '=', user.id)
    .execute()
  await endAccess(trx, user, scope.actor, scope.at)
  const teams = await leaveAllTeams(trx, scope, user.id)
  await leaveFolders(trx, user.id, scope.at)
  await cancelInvitations(trx, user.id, scope.at)
  await count(trx, scope.nodeId, { users: -1 })
  await record(trx, { ...scope, action: 'user.deleted', subjectKind: 'user', subjectId: user.id, detail: { email: user.email, teams } })
  await announce(trx, { enterpriseId: user.enterprise_id, kind: 'user', subjectId: user.id, at: scope.at })
  return { user, teams: withoutHolder }
}
