import { expect, test } from 'vitest'
import { checkOutbox } from '../doctor/provisioning.ts'
import { invite } from '../invitations/invite.ts'
import { addUser, NOON } from '../invitations/testing.ts'
import { NOTICE_MAIL_MILLIS } from '../mail/claimed-mail.ts'
import { MAX_ATTEMPTS } from '../mail/delivery-failure.ts'
import { claimMail, LEASE_MILLIS, markFailed, markSent, nextMailDueAt } from '../mail/outbox.ts'
import { queueLength } from '../mail/queue-length.ts'
import { changesAfter, startOfFeed } from '../storage/changes.ts'
import type { Db, Millis } from '../storage/database.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { feedSettled } from '../storage/testing-feed.ts'
import { write } from '../storage/write.ts'
import { expireNotices, noticesOf, unseenNotices } from './notices.ts'
import { notify } from './notify.ts'

const detail = { device: 'Phone', address: '192.0.2.7', agent: 'Firefox' }

/** A registered user who was told of a new device. */
async function told(db: Db, email = 'ada@example.com') {
  const user = await addUser(db, { email, firstName: 'Ada' })
  await write(db, (trx) => trx.updateTable('users').set({ registered_at: NOON, status: 'active' }).where('id', '=', user.id).execute())
  const { id: userId, enterpriseId } = user
  await write(db, (trx) => notify(trx, { userId, enterpriseId, kind: 'device-added', detail }, NOON))
  return user
}

async function claimOne(db: Db, at: Millis) {
  const { mails } = await write(db, (trx) => claimMail(trx, 10, at))
  const [mail] = mails
  if (mail === undefined || mails.length > 1) throw new Error(`${mails.length} mails were due`)
  return mail
}

const setUser = (db: Db, values: { status?: 'locked'; deleted_at?: Millis; email?: string }) =>
  write(db, (trx) => trx.updateTable('users').set(values).execute())
const claim = (db: Db, at: Millis) => write(db, (trx) => claimMail(trx, 10, at))
const audited = async (db: Db) => (await db.selectFrom('audit_log').select('action').orderBy('id').execute()).map(({ action }) => action)

test('who is told something reads it, and a mail waits for them', async () => {
  const db = await openTestDatabase()
  const user = await told(db)
  expect(await noticesOf(db, user.id)).toEqual([
    { noticeId: expect.any(String), kind: 'device-added', detail, createdAt: NOON, seenAt: null },
  ])
  expect(await unseenNotices(db, user.id)).toBe(1)
  expect(await queueLength(db)).toBe(1)
  await feedSettled(db, user.enterpriseId)
  const { changes } = await changesAfter(db, user.enterpriseId, startOfFeed)
  expect(changes).toEqual([expect.objectContaining({ kind: 'account', subjectId: user.id })])
})

test('the mail of a notice goes to the address of now, and is noted as sent', async () => {
  const db = await openTestDatabase()
  const user = await told(db)
  await setUser(db, { email: 'ada.king@example.com' })
  const mail = await claimOne(db, NOON)
  expect(mail).toMatchObject({
    about: 'notice',
    email: 'ada.king@example.com',
    userId: user.id,
    noticeKind: 'device-added',
    detail,
    happenedAt: NOON,
  })
  await write(db, (trx) => markSent(trx, mail, NOON + 5))
  expect(await queueLength(db)).toBe(0)
  expect(await audited(db)).toEqual(['notice.sent'])
})

test('the mail of a notice is tried again, and given up after the last attempt', async () => {
  const db = await openTestDatabase()
  await told(db)
  let at = NOON
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const mail = await claimOne(db, at)
    const result = await write(db, (trx) => markFailed(trx, mail, { kind: 'deferred', message: '451 later' }, at, 0))
    expect(result).toBe(attempt < MAX_ATTEMPTS ? 'retried' : 'failed')
    at = (await nextMailDueAt(db)) ?? at
  }
  expect(await audited(db)).toEqual(['notice.failed'])
})

test('a notice whose sender died is taken again', async () => {
  const db = await openTestDatabase()
  await told(db)
  await claimOne(db, NOON)
  expect((await claim(db, NOON + LEASE_MILLIS - 1)).mails).toEqual([])
  expect(await claimOne(db, NOON + LEASE_MILLIS)).toMatchObject({ attempts: 2 })
})

test('a locked user is mailed what was done to their account, a deleted one is not', async () => {
  const db = await openTestDatabase()
  await told(db)
  await setUser(db, { status: 'locked' })
  expect((await claim(db, NOON)).mails).toHaveLength(1)
  await setUser(db, { deleted_at: NOON })
  expect(await claim(db, NOON + LEASE_MILLIS)).toEqual({ mails: [], cancelled: 1, postponed: 0 })
  expect(await db.selectFrom('outbox').select('state').execute()).toEqual([{ state: 'cancelled' }])
})

test('who has not registered, or was deleted, is told without a mail', async () => {
  const db = await openTestDatabase()
  const { id: userId, enterpriseId } = await addUser(db)
  await write(db, (trx) => notify(trx, { userId, enterpriseId, kind: 'password-changed', detail: {} }, NOON))
  await write(db, (trx) => trx.updateTable('users').set({ registered_at: NOON, deleted_at: NOON }).execute())
  await write(db, (trx) => notify(trx, { userId, enterpriseId, kind: 'vault-transferred-from-you', detail: {} }, NOON))
  expect(await noticesOf(db, userId)).toHaveLength(2)
  expect(await queueLength(db)).toBe(0)
})

test('a notice that nobody could be mailed of for two weeks is not mailed any more, and stays to be read', async () => {
  const db = await openTestDatabase()
  const user = await told(db)
  expect(await claim(db, NOON + NOTICE_MAIL_MILLIS)).toEqual({ mails: [], cancelled: 1, postponed: 0 })
  expect(await unseenNotices(db, user.id)).toBe(1)
})

test('the doctor tells of a notice that did not arrive for a week', async () => {
  const db = await openTestDatabase()
  await told(db)
  await write(db, (trx) => trx.updateTable('outbox').set({ state: 'failed', last_error: 'no such mailbox' }).execute())
  const day = 24 * 60 * 60 * 1000
  expect((await checkOutbox(db, NOON + day)).outcome).toBe('warn')
  expect((await checkOutbox(db, NOON + 8 * day)).outcome).toBe('ok')
})

test('invitations and notices are claimed together', async () => {
  const db = await openTestDatabase()
  await told(db)
  await told(db, 'grace@example.com')
  const joan = await addUser(db, { email: 'joan@example.com' })
  await write(db, (trx) => invite(trx, joan, NOON))
  const { mails } = await claim(db, NOON)
  expect(mails.map(({ about }) => about).toSorted()).toEqual(['invitation', 'notice', 'notice'])
})

test('old notices go, with their mails', async () => {
  const db = await openTestDatabase()
  await told(db)
  expect(await write(db, (trx) => expireNotices(trx, NOON, 10))).toBe(0)
  expect(await write(db, (trx) => expireNotices(trx, NOON + 1, 10))).toBe(1)
  expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([])
})
