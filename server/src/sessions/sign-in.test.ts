import { expect, test } from 'vitest'
import { addUser, NOON } from '../invitations/testing.ts'
import type { Db } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { createSession, findSession, removeOldSessions, signOut } from './sessions.ts'
import { removeStaleSignIns } from './sign-in.ts'

const DAY = 86_400_000

async function start() {
  const db = await openTestDatabase()
  const { id: userId, enterpriseId } = await addUser(db)
  await write(db, (trx) => trx.updateTable('users').set({ status: 'active', registered_at: NOON }).execute())
  const begin = () => write(db, (trx) => createSession(trx, { userId, enterpriseId, deviceId: null, address: '::1', agent: 'test' }, NOON))
  return { db, userId, enterpriseId, begin }
}

const sessionIds = async (db: Db) => (await db.selectFrom('sessions').select('id').orderBy('id').execute()).map(({ id }) => id)

test('sign-ins that nobody can finish any more are removed, those that run stay', async () => {
  const { db } = await start()
  const signIn = { user_id: null, stage: 'password' as const, state: '{}', device_id: null, attempts: 0 }
  const [over, running] = [newId(), newId()]
  await write(db, (trx) =>
    trx
      .insertInto('sign_ins')
      .values([
        { ...signIn, id: over, expires_at: NOON },
        { ...signIn, id: running, expires_at: NOON + 1 },
      ])
      .execute(),
  )
  expect(await write(db, (trx) => removeStaleSignIns(trx, NOON))).toBe(1)
  expect(await db.selectFrom('sign_ins').select('id').execute()).toEqual([{ id: running }])
})

test('who signs out ends one session, and the audit log tells once', async () => {
  const { db, userId, enterpriseId, begin } = await start()
  const [one, other] = [await begin(), await begin()]
  const caller = { userId, enterpriseId, sessionId: one.sessionId, actor: `user:${userId}` }
  await write(db, (trx) => signOut(trx, caller, NOON + 1))
  await write(db, (trx) => signOut(trx, caller, NOON + 2))
  expect(await findSession(db, one.token, NOON + 2)).toBeUndefined()
  expect((await findSession(db, other.token, NOON + 2))?.sessionId).toBe(other.sessionId)
  const told = await db.selectFrom('audit_log').select('subject_id').where('action', '=', 'session.ended').execute()
  expect(told).toEqual([{ subject_id: one.sessionId }])
})

test('sessions stay on record for as long as is asked after they ended or ran out', async () => {
  const { db, userId, enterpriseId, begin } = await start()
  const [ended, open] = [await begin(), await begin()]
  await write(db, (trx) => signOut(trx, { userId, enterpriseId, sessionId: ended.sessionId, actor: `user:${userId}` }, NOON))
  const remove = (before: number) => write(db, (trx) => removeOldSessions(trx, before, 10))
  expect(await remove(NOON)).toBe(0)
  expect(await remove(NOON + 1)).toBe(1)
  expect(await sessionIds(db)).toEqual([open.sessionId])
  // Unused, a session runs out after 30 days.
  expect(await remove(NOON + 30 * DAY)).toBe(0)
  expect(await remove(NOON + 30 * DAY + 1)).toBe(1)
})
