import type { Db, DeliveryState, Millis } from '../storage/database.ts'

/** How many ids one statement asks for; both engines bound the number of parameters. */
const CHUNK = 1000

/** The invitation that a user has not answered, and how its mail fares. */
export interface OpenInvitation {
  invitationId: string
  /** `failed` also where the invitation expired before its mail could go out. */
  state: Exclude<DeliveryState, 'cancelled'>
  /** How many times the mail server has been offered the mail. */
  attempts: number
  lastError: string | null
  createdAt: Millis
  /** It may have passed: an expired invitation stays open until it is sent anew. */
  expiresAt: Millis
  sentAt: Millis | null
}

/**
 * The open invitations of these users, by user id; whoever has none is not in it. Invitations to set up are not mailed
 * and not listed.
 */
export async function openInvitations(db: Db, userIds: readonly string[]): Promise<Map<string, OpenInvitation>> {
  const found = new Map<string, OpenInvitation>()
  for (let start = 0; start < userIds.length; start += CHUNK) {
    const rows = await db
      .selectFrom('invitations as i')
      .innerJoin('outbox as o', 'o.invitation_id', 'i.id')
      .select(['i.id', 'i.user_id', 'i.created_at', 'i.expires_at', 'o.state', 'o.attempts', 'o.last_error', 'o.sent_at'])
      .where('i.user_id', 'in', userIds.slice(start, start + CHUNK))
      .where('i.purpose', '=', 'join')
      .where('i.accepted_at', 'is', null)
      .where('i.cancelled_at', 'is', null)
      .orderBy('i.id')
      .execute()
    for (const row of rows) {
      found.set(row.user_id, {
        invitationId: row.id,
        state: row.state === 'cancelled' ? 'failed' : row.state,
        attempts: row.attempts,
        lastError: row.last_error,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        sentAt: row.sent_at,
      })
    }
  }
  return found
}

/** The invitation of this id if it can be accepted at this time, else null: accepted, cancelled, expired or unknown. */
export async function findOpenInvitation(db: Db, invitationId: string, at: Millis) {
  const row = await db
    .selectFrom('invitations')
    .select(['id', 'user_id', 'purpose', 'expires_at'])
    .where('id', '=', invitationId)
    .where('accepted_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return row ? { invitationId: row.id, userId: row.user_id, purpose: row.purpose, expiresAt: row.expires_at } : null
}
