import type { InvitationShown } from '@claviger/contract/api/accounts.ts'
import { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { loadSecret } from '../storage/secrets.ts'
import { namesOf } from '../users/names.ts'
import { readInvitationToken } from './link.ts'

/** An invitation that can be accepted now. */
export interface AcceptableInvitation extends InvitationShown {
  readonly invitationId: string
  readonly enterpriseId: string
}

/**
 * The invitation that a link's token opens.
 * @throws AppError `not_found` where the link is altered, expired or replaced, or the user locked; `conflict` where it was
 * used, or leads into an enterprise that is not set up yet
 */
export async function findAcceptable(db: Db, token: string, at: Millis): Promise<AcceptableInvitation> {
  const invitationId = readInvitationToken(await loadSecret(db, 'invitations'), token)
  const row = invitationId === null ? undefined : await selectInvitation(db, invitationId)
  if (!row) throw new AppError('not_found', 'This link is incomplete or altered: open it again from where you got it.')
  requireOpen(row, at)
  const enterprise = row.log_id === null ? null : EnterpriseLogId.parse(row.log_id)
  if (enterprise === null && row.purpose === 'join') {
    throw new AppError(
      'conflict',
      `${row.enterpriseName} is not set up yet: its first administrator opens the set-up link first, then yours works.`,
    )
  }
  return {
    invitationId: row.id,
    enterpriseId: row.enterprise_id,
    // A set-up link that was made anew after the set-up is an invitation like any other.
    purpose: enterprise === null ? 'setup' : 'join',
    userId: UserId.parse(row.user_id),
    email: row.email,
    ...namesOf(row.resource),
    enterpriseName: row.enterpriseName,
    enterprise,
    expiresAt: row.expires_at,
  }
}

/**
 * Uses an invitation up: its link is dead, and a mail with it that has not gone out will not. The caller holds the user's row.
 * @throws AppError `conflict` where somebody else did
 */
export async function acceptInvitation(trx: Trx, { invitationId, userId, enterpriseId }: AcceptableInvitation, at: Millis): Promise<void> {
  const accepted = await trx
    .updateTable('invitations')
    .set({ accepted_at: at })
    .where('id', '=', invitationId)
    .where('accepted_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('id')
    .executeTakeFirst()
  if (!accepted) throw used()
  await trx
    .updateTable('outbox')
    .set({ state: 'cancelled' })
    .where('invitation_id', '=', invitationId)
    .where('state', '=', 'queued')
    .execute()
  await announce(trx, { enterpriseId, kind: 'invitation', subjectId: userId, at })
}

function selectInvitation(db: Db, invitationId: string) {
  return db
    .selectFrom('invitations as i')
    .innerJoin('users as u', 'u.id', 'i.user_id')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .select(['i.id', 'i.user_id', 'i.purpose', 'i.expires_at', 'i.accepted_at', 'i.cancelled_at'])
    .select(['u.email', 'u.resource', 'u.status', 'u.deleted_at', 'u.enterprise_id', 'e.name as enterpriseName', 'e.log_id'])
    .where('i.id', '=', invitationId)
    .executeTakeFirst()
}

type Row = NonNullable<Awaited<ReturnType<typeof selectInvitation>>>

function requireOpen({ accepted_at, cancelled_at, expires_at, status, deleted_at }: Row, at: Millis) {
  if (accepted_at !== null || status === 'active') throw used()
  if (cancelled_at !== null || status === 'locked' || deleted_at !== null) {
    throw new AppError(
      'not_found',
      'This link does not work any more: a newer one was sent, or the account is locked. Ask your administrator.',
    )
  }
  if (expires_at <= at) throw new AppError('not_found', 'This link has expired: ask your administrator to send the invitation again.')
}

function used(): AppError {
  return new AppError('conflict', 'This link was used already: the account exists, so sign in with its e-mail address.')
}
