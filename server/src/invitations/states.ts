import type { Db, Millis } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

/** How the last invitation of a user fares. */
export interface InvitationState {
  /** `expired` comes before what became of its mail: its link opens nothing any more. */
  state: 'queued' | 'sent' | 'failed' | 'expired' | 'accepted'
  /** What the mail server said last; null where it took the mail. */
  lastError: string | null
  sentAt: Millis | null
  expiresAt: Millis | null
}

const selectInvitations = prepare<{ userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom(idsOf(dialect, p.userIds))
    // Cross joins keep this order: from the few users to their invitations to the mails.
    .crossJoin('invitations as i')
    .whereRef('i.user_id', '=', 'ids.value')
    .crossJoin('outbox as o')
    .whereRef('o.invitation_id', '=', 'i.id')
    .select(['i.user_id', 'i.expires_at', 'i.accepted_at', 'o.state', 'o.last_error', 'o.sent_at'])
    .where('i.cancelled_at', 'is', null)
    .orderBy('i.id'),
)

/** The last invitation by mail of each of these users that was not withdrawn; who has none is not in it. */
export async function invitationStates(db: Db, userIds: readonly string[], at: Millis): Promise<Map<string, InvitationState>> {
  const states = new Map<string, InvitationState>()
  if (userIds.length === 0) return states
  const { rows } = await selectInvitations(db, { userIds: JSON.stringify(userIds) })
  for (const row of rows) {
    const { expires_at: expiresAt, sent_at: sentAt, last_error: lastError } = row
    states.set(row.user_id, { state: stateOf(row, at), lastError: row.state === 'sent' ? null : lastError, sentAt, expiresAt })
  }
  return states
}

function stateOf(row: { state: string; accepted_at: Millis | null; expires_at: Millis }, at: Millis): InvitationState['state'] {
  if (row.accepted_at !== null) return 'accepted'
  if (row.expires_at <= at) return 'expired'
  return row.state === 'queued' || row.state === 'sent' ? row.state : 'failed'
}
