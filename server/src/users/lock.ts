import type { Action } from '@claviger/contract/api/console/actions.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { cancelInvitations, invite } from '../invitations/invite.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx, UserStatus } from '../storage/database.ts'
import { type TeamWithoutHolder, teamsLeftWithoutHolder } from '../teams/without-holder.ts'
import { guardLastAdministrator } from './administrators.ts'
import { deleteUser } from './delete.ts'
import { endAccess } from './end-access.ts'
import { lockUserRow, type User } from './user.ts'

/** What an act that takes a user out did, or would do: nothing was changed where it is not `done`. */
export interface Taken {
  done: boolean
  /** It was done now: not before, and it was not left undone. */
  changed: boolean
  user: User
  teams: TeamWithoutHolder[]
  /** A directory provisions the user's node: what it says next counts. */
  directory: boolean
}

/**
 * Locks a user at once, as an administrator. Where that leaves a team without an active holder of its key, it is done only
 * if `confirmed`. Locking who is locked changes nothing.
 * @throws AppError `not_found`, `forbidden` for the last administrator, and for the own account
 */
export async function lockUser(trx: Trx, scope: Scope, userId: string, confirmed: boolean): Promise<Taken> {
  const user = await lockUserRow(trx, scope, userId)
  const warning = await warningOf(trx, user)
  if (user.status === 'locked') return { done: true, changed: false, user, ...warning }
  await guardLastAdministrator(trx, user, 'lock')
  requireOther(scope, user, 'lock')
  if (warning.teams.length > 0 && !confirmed) return { done: false, changed: false, user, ...warning }
  const locked = await setStatus(trx, scope, user, 'locked')
  await cancelInvitations(trx, user.id, scope.at)
  await endAccess(trx, user, scope.actor, scope.at)
  await tell(trx, scope, locked, 'user.locked')
  return { done: true, changed: true, user: locked, ...warning }
}

/**
 * Unlocks a user: keys, devices and memberships are as they were, and nobody approves anything again. Who never registered
 * is invited anew.
 * @throws AppError `not_found`, `conflict` where the user is not locked
 */
export async function unlockUser(trx: Trx, scope: Scope, userId: string): Promise<User> {
  const user = await lockUserRow(trx, scope, userId)
  if (user.status !== 'locked') throw new AppError('conflict', `${user.email} is not locked.`)
  const unlocked = await setStatus(trx, scope, user, user.registered_at === null ? 'invited' : 'active')
  // A sign-in that was under way while the account was locked may have left a session.
  await endAccess(trx, user, scope.actor, scope.at)
  if (unlocked.status === 'invited') await invite(trx, { id: user.id, enterpriseId: user.enterprise_id, email: user.email }, scope.at)
  await tell(trx, scope, unlocked, 'user.unlocked')
  return unlocked
}

/**
 * Deletes a user as deleteUser does, as an administrator, with the warning of lockUser before it.
 * @throws AppError `not_found`, `forbidden` for the last administrator
 */
export async function deleteUserWarned(trx: Trx, scope: Scope, userId: string, confirmed: boolean): Promise<Taken> {
  const user = await lockUserRow(trx, scope, userId)
  await guardLastAdministrator(trx, user, 'delete')
  requireOther(scope, user, 'delete')
  const warning = await warningOf(trx, user)
  if (warning.teams.length > 0 && !confirmed) return { done: false, changed: false, user, ...warning }
  const deleted = await deleteUser(trx, scope, user.id)
  return { done: true, changed: true, user: deleted.user, ...warning }
}

/** Who is shut out by their own hand has nobody beside them who means it. @throws AppError `forbidden` */
function requireOther({ actor }: Scope, { id }: User, act: 'lock' | 'delete'): void {
  if (actor === `user:${id}`) throw new AppError('forbidden', `You cannot ${act} your own account: ask another administrator.`)
}

/** What an administrator is to know before a user is locked or deleted. */
async function warningOf(trx: Trx, user: User): Promise<Pick<Taken, 'teams' | 'directory'>> {
  const method = await trx
    .selectFrom('provisioning_methods')
    .select('id')
    .where('node_id', '=', user.node_id)
    .where('state', '=', 'active')
    .executeTakeFirst()
  const teams = user.status === 'active' ? await teamsLeftWithoutHolder(trx, user.id) : []
  return { teams, directory: method !== undefined }
}

async function setStatus(trx: Trx, scope: Scope, user: User, status: UserStatus): Promise<User> {
  return trx
    .updateTable('users')
    .set((eb) => ({ status, updated_at: scope.at, version: eb('version', '+', 1) }))
    .where('id', '=', user.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function tell(trx: Trx, scope: Scope, { id, enterprise_id: enterpriseId, email, status }: User, action: Action): Promise<void> {
  await record(trx, { ...scope, action, subjectKind: 'user', subjectId: id, detail: { email, status } })
  await announce(trx, { enterpriseId, kind: 'user', subjectId: id, at: scope.at })
}
