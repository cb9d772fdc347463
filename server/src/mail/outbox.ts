import { sql } from 'kysely'
import { record } from '../audit/record.ts'
import { announce } from '../storage/changes.ts'
import { skipLocked } from '../storage/claim.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { type ClaimedMail, readClaimed } from './claimed-mail.ts'
import { backoff, type DeliveryFailure, MAX_ATTEMPTS } from './delivery-failure.ts'

/** How long a sender has a mail to itself. Longer than any send may take (transport.ts). */
export const LEASE_MILLIS: Millis = 5 * 60_000
/** How long the mail to a locked user waits before it is looked at again. */
const LOCKED_MILLIS: Millis = 15 * 60_000

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
 * leaves them to be taken again. Mail that is of no use any more is cancelled on the way, and the invitation of a user who
 * is locked waits.
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
    .returning(['id', 'notice_id'])
    .execute()
  const claim: Claim = { mails: [], cancelled: 0, postponed: 0 }
  if (taken.length === 0) return claim
  for (const { mail, fate } of await readClaimed(trx, taken, leaseEndsAt, at)) {
    if (fate === 'cancel') {
      await cancelMail(trx, mail, at)
      claim.cancelled++
    } else if (fate === 'postpone') {
      await postpone(trx, mail, at + LOCKED_MILLIS)
      claim.postponed++
    } else claim.mails.push(mail)
  }
  return claim
}

/** The mail server has taken the mail; that holds even where the lease has ended and another sender has the mail by now. */
export async function markSent(trx: Trx, mail: ClaimedMail, at: Millis): Promise<void> {
  const settled = await settle(trx, mail, { state: 'sent', sent_at: at, last_error: null, recipient: mail.email })
  if (settled) await tell(trx, mail, 'sent', at)
}

/**
 * The mail did not go out: it waits for its next turn, or has failed where the recipient was refused or was offered
 * `MAX_ATTEMPTS` times. While the server cannot be reached nothing is given up: only an invitation's expiry ends that.
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
    if (settled) await tell(trx, mail, 'failed', at)
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

async function tell(trx: Trx, mail: ClaimedMail, outcome: 'sent' | 'failed', at: Millis) {
  const of = mail.about === 'invitation' ? { invitationId: mail.invitationId } : { noticeId: mail.noticeId, kind: mail.noticeKind }
  await Promise.all([
    announceOf(trx, mail, at),
    record(trx, {
      enterpriseId: mail.enterpriseId,
      at,
      actor: 'server',
      action: `${mail.about}.${outcome}`,
      subjectKind: 'user',
      subjectId: mail.userId,
      detail: { ...of, attempts: mail.attempts },
    }),
  ])
}

/** Screens show how an invitation fares; how the mail of a notice does, only the audit log says. */
async function announceOf(trx: Trx, mail: ClaimedMail, at: Millis): Promise<void> {
  if (mail.about === 'notice') return
  await announce(trx, { enterpriseId: mail.enterpriseId, kind: 'invitation', subjectId: mail.userId, at })
}
