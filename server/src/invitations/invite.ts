import { sql } from 'kysely'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'

const DAY = 24 * 60 * 60 * 1000
/** How long an invitation can be accepted, unless the enterprise's setting says otherwise. */
export const INVITATION_MILLIS: Millis = 14 * DAY

/** Whom an invitation is for. */
export interface Invitee {
  id: string
  enterpriseId: string
  email: string
}

interface NewInvitation {
  id: string
  userId: string
  enterpriseId: string
  purpose: 'join' | 'setup'
  at: Millis
}

const insertInvitation = prepare<NewInvitation>()((db, p) =>
  db.insertInto('invitations').values({
    id: p.id,
    user_id: p.userId,
    purpose: p.purpose,
    created_at: p.at,
    expires_at: sql<Millis>`cast(${p.at} as bigint) + (select invitation_ms from enterprises where id = ${p.enterpriseId})`,
    accepted_at: null,
    cancelled_at: null,
  }),
)

const insertMail = prepare<{ id: string; invitationId: string; recipient: string; at: Millis }>()((db, p) =>
  db.insertInto('outbox').values({
    id: p.id,
    invitation_id: p.invitationId,
    recipient: p.recipient,
    state: 'queued',
    attempts: 0,
    due_at: p.at,
    last_error: null,
    created_at: p.at,
    sent_at: null,
  }),
)

/**
 * Invites a user to create the account: an invitation that can be accepted for as long as the enterprise says, and
 * the mail that will carry it, due at once. Two inserts and nothing else: the caller announces the user it made.
 */
export async function invite(trx: Trx, user: Invitee, at: Millis): Promise<void> {
  const invitationId = newId()
  await Promise.all([
    insertInvitation(trx, newInvitation(invitationId, user, 'join', at)),
    insertMail(trx, { id: newId(), invitationId, recipient: user.email, at }),
  ])
}

/**
 * Invites the first administrator to set the enterprise up. No mail: the link is shown where the command was given.
 * @returns the invitation's id, for `setupLink`.
 */
export async function inviteToSetUp(trx: Trx, user: Invitee, at: Millis): Promise<string> {
  const invitationId = newId()
  await insertInvitation(trx, newInvitation(invitationId, user, 'setup', at))
  return invitationId
}

/**
 * Sends the invitation anew: the old link dies, a new one with a new term goes out. The caller holds the user's row
 * (it has written to it), so that two who resend at once do not leave two open invitations.
 */
export async function resendInvitation(trx: Trx, user: Invitee, at: Millis): Promise<void> {
  await cancelInvitations(trx, user.id, at)
  await invite(trx, user, at)
  await announce(trx, { enterpriseId: user.enterpriseId, kind: 'invitation', subjectId: user.id, at })
}

/** Ends every open invitation of a user: their links die, and mail that has not gone out will not. */
export async function cancelInvitations(trx: Trx, userId: string, at: Millis): Promise<void> {
  const cancelled = await trx
    .updateTable('invitations')
    .set({ cancelled_at: at })
    .where('user_id', '=', userId)
    .where('accepted_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .returning('id')
    .execute()
  if (cancelled.length === 0) return
  const ids = cancelled.map(({ id }) => id)
  await trx.updateTable('outbox').set({ state: 'cancelled' }).where('invitation_id', 'in', ids).where('state', '=', 'queued').execute()
  const user = await trx.selectFrom('users').select('enterprise_id').where('id', '=', userId).executeTakeFirstOrThrow()
  await announce(trx, { enterpriseId: user.enterprise_id, kind: 'invitation', subjectId: userId, at })
}

function newInvitation(id: string, { id: userId, enterpriseId }: Invitee, purpose: 'join' | 'setup', at: Millis): NewInvitation {
  return { id, userId, enterpriseId, purpose, at }
}
