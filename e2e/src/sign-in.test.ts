import { openAccount } from '@claviger/client/account/open.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { ApiError, type Connection, call } from '@claviger/client/api/call.ts'
import { finishSignIn as proveByOpaque, startSignIn as startOpaque } from '@claviger/client/keys/opaque.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { finishSignIn, startSignIn } from '@claviger/contract/api/accounts.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { answering, listening } from './between.ts'
import { PASSWORD, quickAda, registerPerson } from './people.ts'

const GRACE = 'grace@example.com'

async function withGrace() {
  const api = await startApi()
  await quickAda(api)
  return { api, grace: await registerPerson(api, GRACE) }
}

const nobody = (api: TestApi): Connection => ({ origin: api.origin, token: null })
const signingIn = (api: TestApi, email = GRACE) =>
  ({ origin: api.origin, email, password: PASSWORD, store: memoryProfileStore(), deviceName: 'phone', exportable: true }) as const

/** A first step as anybody can send it: making it costs next to nothing. */
async function begin(api: TestApi, email: string) {
  const { startLoginRequest } = await startOpaque(PASSWORD)
  return call(nobody(api), startSignIn, { email, startLoginRequest })
}

/** A sign-in up to its last message, which proves the password. */
async function proof(api: TestApi, email = GRACE) {
  const { state, startLoginRequest } = await startOpaque(PASSWORD)
  const { signInId, userId, enterprise, loginResponse } = await call(nobody(api), startSignIn, { email, startLoginRequest })
  const { finishLoginRequest } = proveByOpaque(PASSWORD, state, loginResponse, { userId, enterprise })
  return { signInId, finishLoginRequest, deviceId: null }
}

async function refusal(attempt: Promise<unknown>) {
  const error = await attempt.catch((thrown: unknown) => thrown)
  if (!(error instanceof ApiError)) throw new Error(`not refused by the server: ${String(error)}`)
  return { status: error.status, code: error.code, message: error.message }
}

test('a wrong password and an unknown address are refused on the device, in the same words', async () => {
  const { api } = await withGrace()
  const attempts = [
    signIn({ ...signingIn(api), password: `${PASSWORD}!` }),
    signIn(signingIn(api, 'nobody@example.com')),
    signIn(signingIn(api, 'not an address at all')),
  ]
  const refusals = await Promise.all(attempts.map((attempt) => attempt.catch((error: unknown) => error)))
  expect(new Set(refusals.map(String)).size).toBe(1)
  expect(refusals[0]).toMatchObject({ code: 'wrong_password' })
})

test('an address that nobody has is answered like one that somebody has, and each time with the same user id', async () => {
  const { api, grace } = await withGrace()
  const addresses = [GRACE, 'nobody@example.com', ' Nobody@Example.com', 'somebody.else@example.com']
  const [known, unknown, again, other] = await Promise.all(addresses.map((email) => begin(api, email)))
  if (!known || !unknown || !again || !other) throw new Error('an answer is missing')
  expect(known.userId).toBe(grace.account.owner.userId)
  expect(unknown.userId).toBe(again.userId)
  expect(unknown.loginResponse).not.toBe(again.loginResponse)
  expect(new Set([known.userId, unknown.userId, other.userId]).size).toBe(3)
  for (const { userId, enterprise, loginResponse } of [unknown, other]) {
    expect([enterprise, loginResponse.length]).toEqual([known.enterprise, known.loginResponse.length])
    // As the server makes ids: version, variant, and the bits of the counter that are never set.
    expect(userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-700[0-9a-f]-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const { created_at } = await api.db.selectFrom('enterprises').select('created_at').executeTakeFirstOrThrow()
    const madeAt = Number.parseInt(userId.replaceAll('-', '').slice(0, 12), 16)
    expect(madeAt).toBeGreaterThanOrEqual(created_at)
    expect(madeAt).toBeLessThanOrEqual(Date.now())
  }
})

test('an address that nobody has costs the server the same steps: a sign-in is kept, and counted against the same limits', async () => {
  const { api } = await withGrace()
  const stepsOf = async (email: string) => {
    await api.write((trx) => trx.deleteFrom('rate_limits').execute())
    await api.write((trx) => trx.deleteFrom('sign_ins').execute())
    await begin(api, email)
    const [row] = await api.db.selectFrom('sign_ins').selectAll().execute()
    const limits = await api.db.selectFrom('rate_limits').select('hits').execute()
    return { columns: Object.keys(row ?? {}), stage: row?.stage, attempts: row?.attempts, state: row?.state.length, limits }
  }
  const known = await stepsOf(GRACE)
  expect(known.limits).toHaveLength(3)
  expect(await stepsOf('nobody@example.com')).toEqual(known)
  await api.invite('invited@example.com')
  expect(await stepsOf('invited@example.com')).toEqual(known)
})

test('a last message that proves nothing is refused in the same words, whoever’s the address is, and uses the sign-in up', async () => {
  const { api, grace } = await withGrace()
  const right = await proof(api)
  const [known, unknown] = [await begin(api, GRACE), await begin(api, 'nobody@example.com')]
  const send = (signInId: string) => refusal(call(nobody(api), finishSignIn, { ...right, signInId }))
  const refused = await send(known.signInId)
  expect(refused).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect(await send(unknown.signInId)).toEqual(refused)
  expect(await send('no such sign-in')).toEqual(refused)
  await api.update(grace.account.owner.userId, { active: false })
  expect(await send((await begin(api, GRACE)).signInId)).toEqual(refused)
})

test('a sign-in is finished once, also by two at the same moment, and not when it took too long', async () => {
  const { api, grace } = await withGrace()
  const { userId } = grace.account.owner
  const first = await proof(api)
  const outcomes = await Promise.all([0, 1, 2].map(() => outcome(() => call(nobody(api), finishSignIn, first))))
  expect(outcomes.toSorted()).toEqual(['accepted', 'unauthenticated', 'unauthenticated'])
  expect(await api.db.selectFrom('sessions').select('id').where('user_id', '=', userId).execute()).toHaveLength(2)
  const late = await proof(api)
  await api.write((trx) => trx.updateTable('sign_ins').set({ expires_at: Date.now() }).execute())
  expect(await outcome(() => call(nobody(api), finishSignIn, late))).toBe('unauthenticated')
})

test('who is locked is told so once the password is proven, and not before; unlocking needs nobody’s approval', async () => {
  const { api, grace } = await withGrace()
  const { userId } = grace.account.owner
  const begun = await proof(api)
  await api.update(userId, { active: false })
  // The sign-in that was under way is cancelled with everything else.
  expect(await outcome(() => call(nobody(api), finishSignIn, begun))).toBe('unauthenticated')
  expect(await outcome(() => openAccount(grace.store))).toBe('signed_out')
  expect(await outcome(() => signIn({ ...signingIn(api), password: `${PASSWORD}!` }))).toBe('wrong_password')
  await expect(signIn(signingIn(api))).rejects.toThrow(/account is locked: ask your administrator/)
  await api.update(userId, { active: true })
  const account = await signIn({ ...signingIn(api), store: grace.store })
  expect(account.profile.device.id).toBe(grace.account.profile.device.id)
})

test('a lock that comes at the same moment as the end of a sign-in leaves no session open', async () => {
  const { api, grace } = await withGrace()
  const { userId } = grace.account.owner
  for (let round = 0; round < 3; round++) {
    const begun = await proof(api)
    const [ended] = await Promise.all([outcome(() => call(nobody(api), finishSignIn, begun)), api.update(userId, { active: false })])
    expect(['accepted', 'unauthenticated', 'forbidden']).toContain(ended)
    const open = await api.db.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null).execute()
    expect(open).toEqual([])
    await api.update(userId, { active: true })
  }
})

test('story 5: who is renamed signs in with the new address and the old password; the old address is nobody’s', async () => {
  const { api, grace } = await withGrace()
  await api.update(grace.account.owner.userId, { email: 'grace.hopper@example.com' })
  const account = await signIn(signingIn(api, 'grace.hopper@example.com'))
  expect(account.identity.public).toEqual(grace.account.identity.public)
  expect(await outcome(() => signIn(signingIn(api)))).toBe('wrong_password')
  expect((await openAccount(grace.store)).profile.email).toBe('grace.hopper@example.com')
})

test('who guesses is stopped after twenty tries, at a known address and at an unknown one alike', async () => {
  const { api } = await withGrace()
  for (const email of [GRACE, 'nobody@example.com']) {
    for (let tries = 0; tries < 20; tries++) await begin(api, email)
    const refused = await begin(api, email).catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 429, code: 'rate_limited', retryAfter: expect.any(Number) })
  }
  expect(await outcome(() => begin(api, 'joan@example.com'))).toBe('accepted')
})

test('nobody signs in before the enterprise is set up', async () => {
  const api = await startApi()
  await expect(begin(api, GRACE)).rejects.toThrow(/not set up yet/)
})

test('the device takes no parameter from the server: an answer that brings one is refused', async () => {
  const { api } = await withGrace()
  const weaker = answering(startSignIn.path, (answer) => ({
    ...Object(answer),
    keyStretching: { 'argon2id-custom': { memory: 8, iterations: 1 } },
  }))
  expect(await outcome(() => signIn({ ...signingIn(api), fetch: weaker }))).toBe('unexpected_answer')
})

test('neither password nor keys go over the line, and the server logs no secret', async () => {
  const { api, grace } = await withGrace()
  const { fetch, heard } = listening()
  const account = await signIn({ ...signingIn(api), fetch })
  const token = account.profile.token ?? ''
  const { recoveryCode } = grace
  const root = Buffer.from(account.root.reveal()).toString('base64url')
  expect(token).toMatch(/^cs_/)
  expect(heard()).toContain(token)
  for (const secret of [PASSWORD, recoveryCode, recoveryCode.replaceAll('-', ''), root]) expect(heard()).not.toContain(secret)
  expect(api.log()).toContain('/api/v1/sign-in/start')
  for (const secret of [PASSWORD, token, recoveryCode, root, api.setupToken]) expect(api.log()).not.toContain(secret)
  expect(JSON.stringify(await api.db.selectFrom('sessions').selectAll().execute())).not.toContain(token)
  expect(JSON.stringify(await api.db.selectFrom('audit_log').select('detail').execute())).not.toContain(token)
})
