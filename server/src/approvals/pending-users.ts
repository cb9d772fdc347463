import type { PendingCode } from '@claviger/contract/api/pending.ts'
import { UserId } from '@claviger/contract/ids.ts'
import { sql } from 'kysely'
import { type OpenInvitation, openInvitations } from '../invitations/find.ts'
import type { Db, UserStatus } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import type { PendingView, WaitingPage } from './pending-view.ts'
import type { Ender } from './unblockers.ts'

/** What is to be known of somebody who may have to do something, or be certified, before they can be given keys. */
export interface WaitingUser {
  id: string
  email: string
  nodeId: string
  status: UserStatus
  /** They have an account, and no certificate that the store knows of. */
  isUncertified: boolean
}

/** Users who have not registered, or whom nobody verified: in the nodes of an administrator, and the caller. */
export async function pendingUsers(db: Db, view: PendingView, after: string, limit: number): Promise<WaitingPage> {
  const { dialect } = lineOf(db)
  const { user } = view.about
  const rows = await db
    .selectFrom('users as u')
    .leftJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'u.email', 'u.node_id', 'u.status', 'u.created_at', 'u.registered_at', 'a.certified'])
    .where('u.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('u.status', '=', sql.lit('invited')),
        eb.and([eb('u.status', '=', sql.lit('active')), eb('a.certified', '=', sql.lit(0))]),
      ]),
    )
    .where((eb) =>
      eb.or([
        eb('u.node_id', 'in', eb.selectFrom(idsOf(dialect, JSON.stringify(view.nodes))).select('ids.value')),
        eb('u.id', '=', view.caller.userId),
      ]),
    )
    .where('u.id', '>', after)
    .$if(user !== undefined, (query) => query.where('u.id', '=', user ?? ''))
    .orderBy('u.id')
    .limit(limit + 1)
    .execute()
  const invited = rows.filter(({ status }) => status === 'invited').map(({ id }) => id)
  const invitations = await openInvitations(db, invited)
  const found = rows.map((row) => {
    const { id, email, node_id: nodeId, status } = row
    const why = whyUserWaits(view, { id, email, nodeId, status, isUncertified: row.certified === 0 }, invitations.get(id))
    return { id, why, waiting: { kind: 'user' as const, nodeId, userId: id, email, since: row.registered_at ?? row.created_at } }
  })
  const page = found.slice(0, limit)
  // Somebody whom the log certifies, as the genesis does the first administrator, takes a place and is not shown.
  return {
    found: page.flatMap(({ why, waiting }) => (why === null ? [] : [{ ...waiting, ...why }])),
    last: found.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}

/** Why this user can be given no keys, and who can change that; null where nothing is in the way. */
export function whyUserWaits(
  view: PendingView,
  user: WaitingUser,
  invitation: OpenInvitation | undefined,
): { code: PendingCode; reason: string; enders: readonly Ender[] } | null {
  const { log } = view
  const { email, nodeId, status } = user
  const id = UserId.parse(user.id)
  const lockers: Ender = { who: 'administrators', nodeId, right: 'manage-users', log: null }
  if (status === 'locked') {
    const reason = `${email} is locked: whoever locked them, the directory or an administrator, can unlock them.`
    return { code: 'locked', reason, enders: [lockers] }
  }
  if (status === 'invited') return whyNotRegistered(view, user, invitation, lockers)
  const isCertified = !user.isUncertified || log.certificates.has(id)
  if (isCertified || log.policy.autoApproval === 'everyone' || log.claims.has(id)) return null
  return {
    code: 'not-verified',
    reason: `${email} has registered, and nobody has verified their keys yet: an administrator approves them, comparing words if they wish.`,
    enders: [
      { who: 'administrators', nodeId, right: 'approve', log: 'certify' },
      { who: 'automators', nodeId, right: 'certify' },
    ],
  }
}

function whyNotRegistered(view: PendingView, { id, email, nodeId }: WaitingUser, invitation: OpenInvitation | undefined, lockers: Ender) {
  const themselves: Ender = { who: 'user', userId: id, as: 'user' }
  if (invitation?.state === 'failed') {
    // The mail server's words are for administrators.
    const isShown = invitation.lastError !== null && view.nodes.includes(nodeId)
    const cause = isShown ? ` (${invitation.lastError})` : ''
    const reason = `The invitation to ${email} could not be delivered${cause}: check the address and the mail settings, then send it anew.`
    return { code: 'mail-failed' as const, reason, enders: [lockers] }
  }
  if (invitation === undefined || invitation.expiresAt <= view.at) {
    const reason = `The invitation of ${email} has expired: send it anew.`
    return { code: 'invitation-expired' as const, reason, enders: [lockers] }
  }
  const how = invitation.state === 'queued' ? 'waits to be sent' : 'is in their mailbox'
  const reason = `${email} has not created the account yet: the invitation ${how}.`
  return { code: 'not-registered' as const, reason, enders: [themselves] }
}
