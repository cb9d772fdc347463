import { expect, test } from 'vitest'
import { z } from 'zod'
import { askSecondFactor } from '../accounts/second-factor.ts'
import { codeOf, TestAuthenticator } from '../accounts/testing-authenticator.ts'
import { PUBLIC_URL } from '../scim/testing-server.ts'
import { newId } from '../storage/id.ts'
import { startPeople, type TestPerson } from './testing-people.ts'

const STEP = 30_000
const BEGUN = '/api/v1/me/second-factors'
const Begun = z.object({ factorId: z.string(), secret: z.string().default(''), options: z.object({ challenge: z.string() }).optional() })

async function start() {
  const people = await startPeople()
  const grace = await people.person('grace@example.com')
  const { db } = people
  const begin = async (who: TestPerson, kind: 'totp' | 'passkey' = 'totp') =>
    Begun.parse((await who.ask(`${BEGUN}/${kind}`, { name: 'Phone' })).body)
  const confirm = async (who: TestPerson, factorId: string, shown: object) => (await who.ask(`${BEGUN}/${factorId}/confirm`, shown)).status
  /** A sign-in whose password was proven, as the sign-in leaves it. */
  const signIn = async ({ userId }: TestPerson, stage: 'password' | 'second-factor' = 'second-factor') => {
    const asked = await askSecondFactor(db, userId, PUBLIC_URL)
    const row = { id: newId(), user_id: userId, stage, state: asked?.state ?? '{}', device_id: null, attempts: 0 }
    await people.write((trx) =>
      trx
        .insertInto('sign_ins')
        .values({ ...row, expires_at: Date.now() + 60_000 })
        .execute(),
    )
    return row.id
  }
  const show = async (signInId: string, shown: object) => (await grace.ask('/api/v1/sign-in/second-factor', { signInId, ...shown })).status
  return { ...people, grace, begin, confirm, signIn, show }
}

/** Grace with an authenticator app; the step of its first code is used. */
async function startWithApp() {
  const context = await start()
  const { grace, begin, confirm } = context
  const { factorId, secret } = await begin(grace)
  const now = Date.now()
  expect(await confirm(grace, factorId, { totp: codeOf(secret, now - STEP) })).toBe(200)
  const wrong = [codeOf(secret, now - 10 * STEP), codeOf(secret, now + 10 * STEP)]
  return { ...context, factorId, secret, now, wrong: wrong[0] ?? '' }
}

test('five wrong codes end a sign-in, typed one after the other or all at once', async () => {
  const { grace, signIn, show, secret, now, wrong, db } = await startWithApp()
  const [patient, hasty] = [await signIn(grace), await signIn(grace)]
  for (let times = 0; times < 5; times++) expect(await show(patient, { totp: wrong })).toBe(401)
  expect(await show(patient, { totp: codeOf(secret, now) })).toBe(401)
  expect(await Promise.all(Array.from({ length: 8 }, () => show(hasty, { totp: wrong })))).toEqual(Array(8).fill(401))
  expect(await show(hasty, { totp: codeOf(secret, now) })).toBe(401)
  const rows = await db.selectFrom('sign_ins').select('attempts').execute()
  expect(rows.map(({ attempts }) => attempts)).toEqual([5, 5])
  expect(await show(await signIn(grace), { totp: codeOf(secret, Date.now()) })).toBe(200)
})

test('who begins sign-in after sign-in to try more codes is held up, the right code too', async () => {
  const { grace, signIn, show, secret, now, wrong } = await startWithApp()
  // The first code of the set-up counted as one.
  for (let tries = 0; tries < 19; tries++) expect(await show(await signIn(grace), { totp: wrong })).toBe(401)
  expect(await show(await signIn(grace), { totp: codeOf(secret, now) })).toBe(429)
})

test('a code opens one sign-in of two at the same time, and no older code opens one after it', async () => {
  const { grace, signIn, show, secret, now } = await startWithApp()
  const both = await Promise.all([await signIn(grace), await signIn(grace)].map((id) => show(id, { totp: codeOf(secret, now + STEP) })))
  expect(both.toSorted()).toEqual([200, 401])
  // The code between the first and this one was never used, and is of a step that still counts.
  expect(await show(await signIn(grace), { totp: codeOf(secret, now) })).toBe(401)
})

test('a sign-in is finished once, in time, and not before its password was proven', async () => {
  const { grace, signIn, show, secret, now, write, db } = await startWithApp()
  const [late, early, twice] = [await signIn(grace), await signIn(grace, 'password'), await signIn(grace)]
  await write((trx) =>
    trx
      .updateTable('sign_ins')
      .set({ expires_at: Date.now() - 1 })
      .where('id', '=', late)
      .execute(),
  )
  const code = { totp: codeOf(secret, now) }
  for (const id of [late, early, newId(), '']) expect(await show(id, code)).toBe(401)
  const before = (await db.selectFrom('sessions').select('id').execute()).length
  expect((await Promise.all([show(twice, code), show(twice, code)])).toSorted()).toEqual([200, 401])
  expect((await db.selectFrom('sessions').select('id').execute()).length).toBe(before + 1)
})

test('a passkey that does not count its uses opens each sign-in once all the same', async () => {
  const { grace, begin, confirm, signIn, show, db } = await start()
  const synchronised = new TestAuthenticator({ counts: false })
  const ceremony = (challenge = '') => ({ challenge, origin: PUBLIC_URL })
  const { factorId, options } = await begin(grace, 'passkey')
  expect(await confirm(grace, factorId, { passkey: synchronised.create(ceremony(options?.challenge)) })).toBe(200)
  const id = await signIn(grace)
  const { state } = await db.selectFrom('sign_ins').select('state').where('id', '=', id).executeTakeFirstOrThrow()
  const { challenge } = z.object({ challenge: z.string() }).parse(JSON.parse(state))
  const shown = { passkey: synchronised.get(ceremony(challenge)) }
  expect((await Promise.all([show(id, shown), show(id, shown)])).toSorted()).toEqual([200, 401])
  expect(await show(await signIn(grace), shown)).toBe(401)
})

test('a second factor counts once it is confirmed, by its owner, soon, after a fresh sign-in', async () => {
  const { grace, person, begin, confirm, write, db } = await start()
  const joan = await person('joan@example.com')
  const { factorId, secret } = await begin(grace)
  const code = () => ({ totp: codeOf(secret, Date.now()) })
  expect(await askSecondFactor(db, grace.userId, PUBLIC_URL)).toBeNull()
  expect(await confirm(joan, factorId, code())).toBe(404)
  expect(await confirm(grace, factorId, {})).toBe(400)
  await write((trx) =>
    trx
      .updateTable('second_factors')
      .set({ created_at: Date.now() - 11 * 60_000 })
      .execute(),
  )
  expect(await confirm(grace, factorId, code())).toBe(404)
  await write((trx) => trx.updateTable('second_factors').set({ created_at: Date.now() }).execute())
  expect(await confirm(grace, factorId, code())).toBe(200)
  expect(await confirm(grace, factorId, code())).toBe(404)
  expect((await joan.ask(`${BEGUN}/${factorId}/remove`, {})).status).toBe(404)
  await write((trx) =>
    trx
      .updateTable('sessions')
      .set({ proven_at: Date.now() - 6 * 60_000 })
      .execute(),
  )
  for (const path of [`${BEGUN}/totp`, `${BEGUN}/passkey`, `${BEGUN}/${factorId}/remove`]) {
    expect((await grace.ask(path, { name: 'Phone' })).status, path).toBe(403)
  }
  expect((await grace.ask(BEGUN)).body).toMatchObject({ factors: [{ factorId, kind: 'totp', name: 'Phone', usedAt: null }] })
})

test('one passkey is one second factor, and nobody has more than ten', async () => {
  const { grace, person, begin, confirm } = await start()
  const stick = new TestAuthenticator()
  const enrol = async (who: TestPerson, authenticator: TestAuthenticator) => {
    const { factorId, options } = await begin(who, 'passkey')
    return confirm(who, factorId, { passkey: authenticator.create({ challenge: options?.challenge ?? '', origin: PUBLIC_URL }) })
  }
  expect(await enrol(grace, stick)).toBe(200)
  expect(await enrol(grace, stick)).toBe(409)
  expect(await enrol(await person('joan@example.com'), stick)).toBe(409)
  for (let more = 0; more < 9; more++) expect(await enrol(grace, new TestAuthenticator())).toBe(200)
  expect((await grace.ask(`${BEGUN}/passkey`, { name: 'One more' })).status).toBe(413)
})
