import { NoticeDetail } from '@claviger/contract/api/notices.ts'
import type { Millis, Trx, UserStatus } from '../storage/database.ts'

/** A mail that a sender has claimed, with what it says as of now: names and addresses may have changed since it was queued. */
export type ClaimedMail = ClaimedInvitation | ClaimedNotice

interface Claimed {
  id: string
  /** Counting this one. */
  attempts: number
  leaseEndsAt: Millis
  userId: string
  enterpriseId: string
  enterpriseName: string
  email: string
  /** What the directory knows of the person, as in `users.resource`. */
  resource: string
}

export interface ClaimedInvitation extends Claimed {
  about: 'invitation'
  invitationId: string
  expiresAt: Millis
}

export interface ClaimedNotice extends Claimed {
  about: 'notice'
  noticeId: string
  /** A NoticeKind; of an older or newer version perhaps. */
  noticeKind: string
  detail: NoticeDetail
  /** When that happened of which it tells. */
  happenedAt: Millis
}

/** A notice that could not be mailed for so long is not: it stands in the Web Vault. */
export const NOTICE_MAIL_MILLIS: Millis = 14 * 24 * 60 * 60 * 1000

/** What is to be done with a claimed mail. */
export type Fate = 'send' | 'cancel' | 'postpone'

/** Rows of the outbox that were just claimed. */
export interface Taken {
  id: string
  notice_id: string | null
}

/**
 * What the claimed mails say, and whether they are to be sent. Mail whose invitation cannot be accepted any more, whose user is
 * deleted, or whose notice is stale, is to be cancelled. An invitation waits while its user is locked; a notice does not, for it tells what
 * was done to the account.
 */
export async function readClaimed(trx: Trx, taken: readonly Taken[], leaseEndsAt: Millis, at: Millis) {
  const ids = (notices: boolean) => taken.filter((row) => (row.notice_id !== null) === notices).map(({ id }) => id)
  const invitations = await readInvitations(trx, ids(false), leaseEndsAt, at)
  const notices = await readNotices(trx, ids(true), leaseEndsAt, at)
  return [...invitations, ...notices]
}

async function readInvitations(trx: Trx, ids: string[], leaseEndsAt: Millis, at: Millis): Promise<{ mail: ClaimedMail; fate: Fate }[]> {
  if (ids.length === 0) return []
  const rows = await trx
    .selectFrom('outbox as o')
    .innerJoin('invitations as i', 'i.id', 'o.invitation_id')
    .innerJoin('users as u', 'u.id', 'i.user_id')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .select(['o.id', 'i.id as invitation_id', 'o.attempts', 'i.expires_at', 'i.accepted_at', 'i.cancelled_at'])
    .select(['u.id as user_id', 'u.email', 'u.status', 'u.registered_at', 'u.deleted_at', 'u.resource'])
    .select(['e.id as enterprise_id', 'e.name as enterprise_name'])
    .where('o.id', 'in', ids)
    .orderBy('o.id')
    .execute()
  return rows.map((row) => {
    const answered = row.accepted_at !== null || row.registered_at !== null
    const over = answered || row.cancelled_at !== null || row.deleted_at !== null || row.expires_at <= at
    const fate = over ? 'cancel' : row.status === 'locked' ? 'postpone' : 'send'
    const mail = {
      ...claimedOf(row, leaseEndsAt),
      about: 'invitation' as const,
      invitationId: row.invitation_id,
      expiresAt: row.expires_at,
    }
    return { mail, fate }
  })
}

async function readNotices(trx: Trx, ids: string[], leaseEndsAt: Millis, at: Millis): Promise<{ mail: ClaimedMail; fate: Fate }[]> {
  if (ids.length === 0) return []
  const rows = await trx
    .selectFrom('outbox as o')
    .innerJoin('notices as n', 'n.id', 'o.notice_id')
    .innerJoin('users as u', 'u.id', 'n.user_id')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .select(['o.id', 'n.id as notice_id', 'o.attempts', 'n.kind', 'n.detail', 'n.created_at'])
    .select(['u.id as user_id', 'u.email', 'u.status', 'u.deleted_at', 'u.resource'])
    .select(['e.id as enterprise_id', 'e.name as enterprise_name'])
    .where('o.id', 'in', ids)
    .orderBy('o.id')
    .execute()
  return rows.map((row) => ({
    mail: {
      ...claimedOf(row, leaseEndsAt),
      about: 'notice',
      noticeId: row.notice_id,
      noticeKind: row.kind,
      detail: NoticeDetail.parse(JSON.parse(row.detail)),
      happenedAt: row.created_at,
    },
    fate: row.deleted_at === null && at < row.created_at + NOTICE_MAIL_MILLIS ? 'send' : 'cancel',
  }))
}

interface ClaimedRow {
  id: string
  attempts: number
  user_id: string
  email: string
  status: UserStatus
  resource: string
  enterprise_id: string
  enterprise_name: string
}

function claimedOf(row: ClaimedRow, leaseEndsAt: Millis): Claimed {
  return {
    id: row.id,
    attempts: row.attempts,
    leaseEndsAt,
    userId: row.user_id,
    enterpriseId: row.enterprise_id,
    enterpriseName: row.enterprise_name,
    email: row.email,
    resource: row.resource,
  }
}
