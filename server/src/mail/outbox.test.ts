import { expect, test } from 'vitest'
import { findOpenInvitation, openInvitations } from '../invitations/find.ts'
import { cancelInvitations, INVITATION_MILLIS, invite } from '../invitations/invite.ts'
import { addUser, NOON } from '../invitations/testing.ts'
import { changesAfter, startOfFeed } from '../storage/changes.ts'
import type { Db, Millis } from '../storage/database.ts'
import { closeDatabase, openDatabase } from '../storage/open.ts'
import { openTestDatabase, openTestStore } from '../storage/testing.ts'
import { feedSettled } from '../storage/testing-feed.ts'
import { write } from '../storage/write.ts'
import type { ClaimedInvitation } from './claimed-mail.ts'
import { MAX_ATTEMPTS } from './delivery-failure.ts'
import { firstNameOf } from './first-name.ts'
import { claimMail, LEASE_MILLIS, markFailed, markSent, nextMailDueAt } from './outbox.ts'

const later = { kind: 'deferred', message: '451 try later' } as const

async function addInvited(db: Db, person: Parameters<typeof addUser>[1] = {}) {
  const user = await addUser(db, person)
  await write(db, (trx) => invite(trx, user, NOON))
  return user
}

async function claimOne(db: Db, at: Millis): Promise<ClaimedInvitation> {
  const { mails } = await write(db, (trx) => claimMail(trx, 10, at))
  const [mail] = mails
  if (mail?.about !== 'invitation' || mails.length > 1) throw new Error(`${mails.length} mails were due`)
  return mail
}

const claimCount = async (db: Db, at: Millis) => (await write(db, (trx) => claimMail(trx, 10, at))).mails.length
const stateOf = async (db: Db, userId: string) => (await openInvitations(db, [userId])).get(userId)
const audited = async (db: Db) => (await db.selectFrom('audit_log').select('action').orderBy('id').execute()).map(({ action }) => action)

test('a claimed mail says what is known now, not when it was queued', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db, { firstName: 'Ada' })
  await write(db, (trx) =>
    trx.updateTable('users').set({ email: 'ada.king@example.com', resource: '{"name":{"givenName":"Augusta"}}' }).execute(),
  )
  const mail = await claimOne(db, NOON)
  expect(mail).toMatchObject({ email: 'ada.king@example.com', enterpriseName: 'Acme', attempts: 1, userId: user.id })
  expect(firstNameOf(mail.resource)).toBe('Augusta')
  await write(db, (trx) => markSent(trx, mail, NOON + 5))
  expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent', attempts: 1, sentAt: NOON + 5, lastError: null })
  expect(await db.selectFrom('outbox').select('recipient').execute()).toEqual([{ recipient: 'ada.king@example.com' }])
  expect(await audited(db)).toEqual(['invitation.sent'])
  await feedSettled(db, user.enterpriseId)
  const { changes } = await changesAfter(db, user.enterpriseId, startOfFeed)
  expect(changes).toEqual([expect.objectContaining({ kind: 'invitation', subjectId: user.id })])
  expect(await nextMailDueAt(db)).toBeNull()
})

test('many claims at once, from two processes, take each mail once', async () => {
  const { db, location } = await openTestStore()
  const other = await openDatabase(location)
  for (let i = 0; i < 40; i++) await addInvited(db, { email: `u${i}@example.com` })
  const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => write(i % 2 ? db : other, (trx) => claimMail(trx, 3, NOON))))
  const rest = await write(db, (trx) => claimMail(trx, 100, NOON))
  const taken = [...claims, rest].flatMap(({ mails }) => mails.map(({ id }) => id))
  expect(taken).toHaveLength(40)
  expect(new Set(taken).size).toBe(40)
  await closeDatabase(other)
})

test('the mail of a sender that died is taken again when its lease is over, and not before', async () => {
  const db = await openTestDatabase()
  await addInvited(db)
  await claimOne(db, NOON)
  expect(await nextMailDueAt(db)).toBe(NOON + LEASE_MILLIS)
  expect(await claimCount(db, NOON + LEASE_MILLIS - 1)).toBe(0)
  expect(await claimOne(db, NOON + LEASE_MILLIS)).toMatchObject({ attempts: 2 })
})

test('a sender whose lease is over does not undo what the next one did', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db)
  const slow = await claimOne(db, NOON)
  const next = await claimOne(db, NOON + LEASE_MILLIS)
  await write(db, (trx) => markFailed(trx, slow, { kind: 'refused', message: 'no' }, NOON + LEASE_MILLIS + 1))
  expect(await stateOf(db, user.id)).toMatchObject({ state: 'queued' })
  await write(db, (trx) => markSent(trx, slow, NOON + LEASE_MILLIS + 2))
  await write(db, (trx) => markFailed(trx, next, later, NOON + LEASE_MILLIS + 3))
  expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent', sentAt: NOON + LEASE_MILLIS + 2 })
})

test('a mail that is put off waits longer each time, and after the last attempt has failed', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db)
  let at = NOON
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const mail = await claimOne(db, at)
    const result = await write(db, (trx) => markFailed(trx, mail, later, at, 0))
    expect(result).toBe(attempt < MAX_ATTEMPTS ? 'retried' : 'failed')
    at = (await nextMailDueAt(db)) ?? at
  }
  expect(at).toBeLessThan(NOON + INVITATION_MILLIS)
  expect(await stateOf(db, user.id)).toMatchObject({ state: 'failed', attempts: MAX_ATTEMPTS, lastError: '451 try later' })
  expect(await audited(db)).toEqual(['invitation.failed'])
})

test('while the mail server is away no attempt counts, and the mail comes back within two minutes', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db)
  let at = NOON
  for (let attempt = 0; attempt < MAX_ATTEMPTS + 5; attempt++) {
    const mail = await claimOne(db, at)
    await write(db, (trx) => markFailed(trx, mail, { kind: 'unreachable', message: 'connect ECONNREFUSED' }, at, 1))
    expect(await nextMailDueAt(db)).toBe(at + 2 * 60_000)
    at += 2 * 60_000
  }
  expect(await stateOf(db, user.id)).toMatchObject({ state: 'queued', attempts: 0, lastError: 'connect ECONNREFUSED' })
})

test('mail for an invitation that is over is cancelled instead of being sent', async () => {
  const db = await openTestDatabase()
  const users = []
  for (const name of ['expired', 'cancelled', 'registered', 'deleted']) users.push(await addInvited(db, { email: `${name}@example.com` }))
  const [expired, cancelled, registered, deleted] = users.map(({ id }) => id)
  await write(db, async (trx) => {
    await trx
      .updateTable('invitations')
      .set({ expires_at: NOON + 1 })
      .where('user_id', '=', String(expired))
      .execute()
    // Without its outbox row, as where the cancelling ran beside the claim.
    await trx.updateTable('invitations').set({ cancelled_at: NOON }).where('user_id', '=', String(cancelled)).execute()
    await trx.updateTable('users').set({ registered_at: NOON, status: 'active' }).where('id', '=', String(registered)).execute()
    await trx.updateTable('users').set({ deleted_at: NOON, status: 'locked' }).where('id', '=', String(deleted)).execute()
  })
  expect(await write(db, (trx) => claimMail(trx, 10, NOON + 1))).toEqual({ mails: [], cancelled: 4, postponed: 0 })
  const rows = await db.selectFrom('outbox').select(['state', 'attempts']).execute()
  expect(rows).toEqual(Array(4).fill({ state: 'cancelled', attempts: 0 }))
  expect(await nextMailDueAt(db)).toBeNull()
})

test('a cancelled invitation leaves nothing to send', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db)
  await write(db, (trx) => cancelInvitations(trx, user.id, NOON))
  expect(await nextMailDueAt(db)).toBeNull()
})

test('a mail that was under way when its invitation was cancelled stays cancelled', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db)
  const mail = await claimOne(db, NOON)
  await write(db, (trx) => cancelInvitations(trx, user.id, NOON + 1))
  await write(db, (trx) => markSent(trx, mail, NOON + 2))
  expect(await db.selectFrom('outbox').select('state').execute()).toEqual([{ state: 'cancelled' }])
  expect(await findOpenInvitation(db, mail.invitationId, NOON + 2)).toBeNull()
})

test('the invitation of a locked user waits until the user is unlocked', async () => {
  const db = await openTestDatabase()
  await addInvited(db)
  const setStatus = (status: 'locked' | 'invited') => write(db, (trx) => trx.updateTable('users').set({ status }).execute())
  await setStatus('locked')
  expect(await write(db, (trx) => claimMail(trx, 10, NOON))).toEqual({ mails: [], cancelled: 0, postponed: 1 })
  await setStatus('invited')
  const dueAt = (await nextMailDueAt(db)) ?? NOON
  expect(await claimOne(db, dueAt)).toMatchObject({ attempts: 1 })
})
