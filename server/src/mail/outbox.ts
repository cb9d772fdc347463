import { sql } from 'kysely'
import { record } from '../audit/record.ts'
import { announce } from '../storage/changes.ts'
import { skipLocked } from '../storage/claim.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { backoff, type DeliveryFailure, MAX_ATTEMPTS } from './delivery-failure.ts'

/** How long a sender has a mail to itself. Longer than any send may take (transport.ts). */
export const LEASE_MILLIS: Millis = 5 * 60_000
/** How long the mail to a locked user waits before it is looked at again. */
const LOCKED_MILLIS: Millis = 15 * 60_000

/** A mail that a sender has claimed, with what it says as of now: names and addresses may have changed since it was queued. */
export interface ClaimedMail {
  id: string
  invitationId: string
  /** Counting this one. */
  attempts: number
  leaseEndsAt: Millis
  userId: string
  enterpriseId: string
  enterpriseName: string
  email: string
  /** What the directory knows of the person, as in `users.resource`. */
  resource: string
  expiresAt: Millis
}

/** What a claim brought: mails to send, and how many rows needed no sending. */
export interface Claim {
  mails: ClaimedMail[]
  cancelled: number
  postponed: number
}

// Spelled into the statement: with a parameter SQLite cannot tell that the index of queued mail serves.
const QUEUED = sql.lit('queued' as const)

/** When the next mail may be taken, or null where none waits. */
export async function nextMailDueAt(db: Db): Promise<Millis | null> {
  const row = await db
    .selectFrom('outbox')
    .select('due_at')
    .where('state', '=', QUEUED)
    .orderBy('due_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.due_at ?? null
}

/**
 * Takes up to `limit` mails that are due, so that no other process has them until the lease ends; a sender that dies
 * leaves them to be taken again. Mail whose invitation cannot be accepted any more is cancelled on the way, and mail to
 * a user who is locked waits.
 */
export async function claimMail(trx: Trx, limit: number, at: Millis): Promise<Claim> {
  const leaseEndsAt = at + LEASE_MILLIS
  const taken = await trx
    .with('due', (db) =>
      db
        .selectFrom('outbox')
        .select('id')
        .where('state', '=', QUEUED)
        .where('due_at', '<=', at)
        .orderBy('due_at')
        .orderBy('id')
        .limit(limit)
        .$call(skipLocked(trx)),
    )
    .updateTable('outbox')
    .set((eb) => ({ due_at: leaseEndsAt, attempts: eb('attempts', '+', 1) }))
    .where('id', 'in', (eb) => eb.selectFrom('due').select('due.id'))
    .returning('id')
    .execute()
  const claim: Claim = { mails: [], cancelled: 0, postponed: 0 }
  if (taken.length === 0) return claim
  for (const row of await readMails(trx, taken)) {
    const mail = toClaimedMail(row, leaseEndsAt)
    if (isOver(row, at)) {
      await cancelMail(trx, mail, at)
      claim.cancelled++
    } else if (row.status === 'locked') {
      await postpone(trx, mail, at + LOCKED_MILLIS)
      claim.postponed++
    } else claim.mails.push(mail)
  }
  return claim
}

/** The mail server has taken the mail; that holds even where the lease has ended and another sender has the mail by now. */
export async function markSent(trx: Trx, mail: ClaimedMail, at: Millis): Promise<void> {
  const settled = await settle(trx, mail, { state: 'sent', sent_at: at, last_error: null, recipient: mail.email })
  if (settled) await tell(trx, mail, 'invitation.sent', at)
}

/**
 * The mail did not go out: it waits for its next turn, or has failed where the recipient was refused or was offered
 * `MAX_ATTEMPTS` times. While the server cannot be reached nothing is given up: only the invitation's expiry ends that.
 * @param chance from 0 to 1, spreads the turns
 */
export async function markFailed(
  trx: Trx,
  mail: ClaimedMail,
  failure: DeliveryFailure,
  at: Millis,
  chance = Math.random(),
): Promise<'retried' | 'failed'> {
  if (failure.kind === 'refused' || (failure.kind === 'deferred' && mail.attempts >= MAX_ATTEMPTS)) {
    const settled = await settle(trx, mail, { state: 'failed', last_error: failure.message, recipient: mail.email })
    if (settled) await tell(trx, mail, 'invitation.failed', at)
    return 'failed'
  }
  const unreachable = failure.kind === 'unreachable'
  const attempts = unreachable ? mail.attempts - 1 : mail.attempts
  const settled = await settle(trx, mail, {
    attempts,
    due_at: at + backoff(unreachable ? 1 : attempts, chance),
    last_error: failure.message,
  })
  if (settled) await announceOf(trx, mail, at)
  return 'retried'
}

function readMails(trx: Trx, taken: { id: string }[]) {
  return trx
    .selectFrom('outbox as o')
    .innerJoin('invitations as i', 'i.id', 'o.invitation_id')
    .innerJoin('users as u', 'u.id', 'i.user_id')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .select(['o.id', 'i.id as invitation_id', 'o.attempts', 'i.expires_at', 'i.accepted_at', 'i.cancelled_at'])
    .select(['u.id as user_id', 'u.email', 'u.status', 'u.registered_at', 'u.deleted_at', 'u.resource'])
    .select(['e.id as enterprise_id', 'e.name as enterprise_name'])
    .where(
      'o.id',
      'in',
      taken.map(({ id }) => id),
    )
    .orderBy('o.id')
    .execute()
}

type MailRow = Awaited<ReturnType<typeof readMails>>[number]

function toClaimedMail(row: MailRow, leaseEndsAt: Millis): ClaimedMail {
  return {
    id: row.id,
    invitationId: row.invitation_id,
    attempts: row.attempts,
    leaseEndsAt,
    userId: row.user_id,
    enterpriseId: row.enterprise_id,
    enterpriseName: row.enterprise_name,
    email: row.email,
    resource: row.resource,
    expiresAt: row.expires_at,
  }
}

function isOver(row: MailRow, at: Millis): boolean {
  const answered = row.accepted_at !== null || row.registered_at !== null
  return answered || row.cancelled_at !== null || row.deleted_at !== null || row.expires_at <= at
}

async function cancelMail(trx: Trx, mail: ClaimedMail, at: Millis) {
  await trx
    .updateTable('outbox')
    .set({ state: 'cancelled', attempts: mail.attempts - 1 })
    .where('id', '=', mail.id)
    .execute()
  await announceOf(trx, mail, at)
}

async function postpone(trx: Trx, mail: ClaimedMail, until: Millis) {
  await trx
    .updateTable('outbox')
    .set({ due_at: until, attempts: mail.attempts - 1 })
    .where('id', '=', mail.id)
    .execute()
}

/** Ends this claim, and says whether it did: not where another sender has taken the mail since, unless it was sent. */
async function settle(trx: Trx, mail: ClaimedMail, values: Outcome): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('outbox')
    .set(values)
    .where('id', '=', mail.id)
    .where('state', '=', 'queued')
    // The lease is the claim's mark: whoever took the mail after it ended has set a later one.
    .$if(values.state !== 'sent', (query) => query.where('due_at', '=', mail.leaseEndsAt))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

interface Outcome {
  state?: 'sent' | 'failed'
  attempts?: number
  due_at?: Millis
  sent_at?: Millis
  last_error: string | null
  recipient?: string
}

async function tell(trx: Trx, mail: ClaimedMail, action: 'invitation.sent' | 'invitation.failed', at: Millis) {
  await Promise.all([
    announceOf(trx, mail, at),
    record(trx, {
      enterpriseId: mail.enterpriseId,
      at,
      actor: 'server',
      action,
      subjectKind: 'user',
      subjectId: mail.userId,
      detail: { invitationId: mail.invitationId, attempts: mail.attempts },
    }),
  ])
}

function announceOf(trx: Trx, mail: ClaimedMail, at: Millis): Promise<void> {
  return announce(trx, { enterpriseId: mail.enterpriseId, kind: 'invitation', subjectId: mail.userId, at })
}
