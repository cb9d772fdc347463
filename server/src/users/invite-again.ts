import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { cancelInvitations, inviteToSetUp, resendInvitation } from '../invitations/invite.ts'
import type { Scope } from '../nodes/scope.ts'
import type { Trx } from '../storage/database.ts'
import { isAdministrator } from './administrators.ts'
import { lockUserRow, type User } from './user.ts'

/**
 * Sends the invitation of a user anew; the old link dies.
 * @returns also the id of the invitation to set up, where the user is an administrator of an enterprise that is not set up: that link is not mailed
 * @throws AppError `not_found`, `conflict` where the user is locked or registered.
 */
export async function inviteAgain(trx: Trx, scope: Scope, userId: string): Promise<{ user: User; setupId: string | undefined }> {
  const user = await lockUserRow(trx, scope, userId)
  if (user.status !== 'invited') throw notInvited(user)
  const invitee = { id: user.id, enterpriseId: user.enterprise_id, email: user.email }
  await record(trx, { ...scope, action: 'invitation.resent', subjectKind: 'user', subjectId: user.id, detail: { email: user.email } })
  if (!(await isAdministrator(trx, user.id)) || (await isSetUp(trx, user.enterprise_id))) {
    await resendInvitation(trx, invitee, scope.at)
    return { user, setupId: undefined }
  }
  await cancelInvitations(trx, user.id, scope.at)
  return { user, setupId: await inviteToSetUp(trx, invitee, scope.at) }
}

/** From then on an administrator is invited as everybody is. */
async function isSetUp(trx: Trx, enterpriseId: string): Promise<boolean> {
  const enterprise = await trx.selectFrom('enterprises').select('log_id').where('id', '=', enterpriseId).executeTakeFirstOrThrow()
  return enterprise.log_id !== null
}

function notInvited({ email, status }: User) {
  return new AppError(
    'conflict',
    status === 'locked'
      ? `${email} is locked: activate the account in the directory, which sends a new invitation by itself.`
      : `${email} has registered already: there is nothing to invite to.`,
  )
}
