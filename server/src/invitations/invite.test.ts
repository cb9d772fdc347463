import { expect, test } from 'vitest'
import { changesAfter, startOfFeed } from '../storage/changes.ts'
import type { Db } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { feedSettled } from '../storage/testing-feed.ts'
import { write } from '../storage/write.ts'
import { findOpenInvitation, openInvitations } from './find.ts'
import { cancelInvitations, INVITATION_MILLIS, invite, inviteToSetUp, resendInvitation } from './invite.ts'
import { addUser, NOON } from './testing.ts'

async function idOf(db: Db, userId: string) {
  return (await openInvitations(db, [userId])).get(userId)?.invitationId ?? 'none'
}

test('an invitation can be accepted for 14 days, and its mail waits to be sent', async () => {
  const db = await openTestDatabase()
  const user = await addUser(db)
  await write(db, (trx) => invite(trx, user, NOON))
  const found = (await openInvitations(db, [user.id])).get(user.id)
  expect(found).toEqual({
    invitationId: expect.any(String),
    state: 'queued',
    attempts: 0,
    lastError: null,
    createdAt: NOON,
    expiresAt: NOON + INVITATION_MILLIS,
    sentAt: null,
  })
  const id = await idOf(db, user.id)
  const open = { invitationId: id, userId: user.id, purpose: 'join', expiresAt: NOON + INVITATION_MILLIS }
  expect(await findOpenInvitation(db, id, NOON + INVITATION_MILLIS - 1)).toEqual(open)
  expect(await findOpenInvitation(db, id, NOON + INVITATION_MILLIS)).toBeNull()
})

test('inviting is two rows, or none where the transaction fails', async () => {
  const db = await openTestDatabase()
  const user = await addUser(db)
  const refused = write(db, async (trx) => {
    await invite(trx, user, NOON)
    throw new Error('refused')
  })
  await expect(refused).rejects.toThrow('refused')
  expect(await db.selectFrom('invitations').selectAll().execute()).toEqual([])
  expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([])
  await write(db, (trx) => invite(trx, user, NOON))
  expect(await db.selectFrom('invitations').selectAll().execute()).toHaveLength(1)
  expect(await db.selectFrom('outbox').selectAll().execute()).toHaveLength(1)
})

test('sending an invitation anew ends the old one, and says so to the console', async () => {
  const db = await openTestDatabase()
  const user = await addUser(db)
  await write(db, (trx) => invite(trx, user, NOON))
  const old = await idOf(db, user.id)
  await write(db, (trx) => resendInvitation(trx, user, NOON + 1000))
  const fresh = await idOf(db, user.id)
  expect(fresh).not.toBe(old)
  expect(await findOpenInvitation(db, old, NOON + 1000)).toBeNull()
  expect(await findOpenInvitation(db, fresh, NOON + INVITATION_MILLIS)).toMatchObject({ userId: user.id })
  const states = await db.selectFrom('outbox').select('state').orderBy('id').execute()
  expect(states).toEqual([{ state: 'cancelled' }, { state: 'queued' }])
  await feedSettled(db, user.enterpriseId)
  const { changes } = await changesAfter(db, user.enterpriseId, startOfFeed)
  expect(changes).toContainEqual(expect.objectContaining({ kind: 'invitation', subjectId: user.id }))
})

test('cancelling ends what is open and leaves what was sent or accepted as it was', async () => {
  const db = await openTestDatabase()
  const user = await addUser(db)
  await write(db, async (trx) => {
    await invite(trx, user, NOON)
    await trx.updateTable('invitations').set({ accepted_at: NOON }).execute()
    await trx.updateTable('outbox').set({ state: 'sent' }).execute()
  })
  await write(db, (trx) => cancelInvitations(trx, user.id, NOON + 1))
  expect(await db.selectFrom('invitations').select('cancelled_at').execute()).toEqual([{ cancelled_at: null }])
  expect(await db.selectFrom('outbox').select('state').execute()).toEqual([{ state: 'sent' }])
})

test('an invitation to set up is not mailed', async () => {
  const db = await openTestDatabase()
  const user = await addUser(db)
  const id = await write(db, (trx) => inviteToSetUp(trx, user, NOON))
  expect(await findOpenInvitation(db, id, NOON)).toMatchObject({ purpose: 'setup', userId: user.id })
  expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([])
  expect(await openInvitations(db, [user.id])).toEqual(new Map())
})

test('a list of many thousand users is answered, whoever of them has an invitation', async () => {
  const db = await openTestDatabase()
  const [first, last] = [await addUser(db), await addUser(db, { email: 'grace@example.com' })]
  await write(db, async (trx) => {
    await invite(trx, first, NOON)
    await invite(trx, last, NOON)
  })
  const ids = [first.id, ...Array.from({ length: 40_000 }, () => newId()), last.id]
  expect([...(await openInvitations(db, ids)).keys()].toSorted()).toEqual([first.id, last.id].toSorted())
  expect(await openInvitations(db, [])).toEqual(new Map())
})
