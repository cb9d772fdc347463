import { openAccount } from '@claviger/client/account/open.ts'
import { memoryProfileStore, type ProfileStore } from '@claviger/client/account/profile.ts'
import { recoverByCode } from '@claviger/client/account/recovery.ts'
import { renewRecoveryCode } from '@claviger/client/account/renew-recovery-code.ts'
import { confirmTotp, startTotp } from '@claviger/client/account/second-factors.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { call } from '@claviger/client/api/call.ts'
import { makeIdentity, sealIdentity } from '@claviger/client/keys/identity.ts'
import { makeRecoveryCode, readRecoveryCode, recoveryProof, writeRecoveryCode } from '@claviger/client/keys/recovery-code.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { makeUserRoot, wrapRootByRecoveryCode } from '@claviger/client/keys/user-root.ts'
import { secondFactor } from '@claviger/contract/api/accounts.ts'
import { listNotices, seeNotices } from '@claviger/contract/api/notices.ts'
import { finishRecovery, startRecovery } from '@claviger/contract/api/recovery.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { codeAt } from './authenticator-app.ts'
import { listening } from './between.ts'
import { PASSWORD, type Person, quickAda, quickPerson, registerPerson } from './people.ts'
import { answering } from './playing-server.ts'

const JOAN = 'joan@example.com'
const NEW_PASSWORD = 'quandary misofest 58 ulepido'

async function start() {
  const api = await startApi()
  await quickAda(api)
  return { api, joan: await registerPerson(api, JOAN) }
}

function recover(api: TestApi, recoveryCode: string, options: { email?: string; store?: ProfileStore; fetch?: typeof fetch } = {}) {
  const { email = JOAN, store = memoryProfileStore(), fetch } = options
  const given = { origin: api.origin, email, recoveryCode, password: NEW_PASSWORD, store, deviceName: 'New laptop', exportable: true }
  return recoverByCode({ ...given, ...(fetch && { fetch }) })
}

const signInWith = (api: TestApi, password: string) =>
  signIn({ origin: api.origin, email: JOAN, password, store: memoryProfileStore(), deviceName: 'Phone', exportable: true })
const rootOf = ({ root }: { root: { reveal(): Uint8Array } }) => Buffer.from(root.reveal()).toString('hex')
const refused = (work: () => Promise<unknown>) => work().then(String, (error: Error) => error.message)
const anotherCode = () => writeRecoveryCode(makeRecoveryCode())
const auditOf = async ({ db }: TestApi, action: string) =>
  (await db.selectFrom('audit_log').select('subject_id').where('action', '=', action).execute()).map((row) => row.subject_id)

/** What a client shows and sends to begin. The request is one that OPAQUE reads. */
async function asked(recoveryCode: string, email = JOAN) {
  const { startRegistration } = await import('@claviger/client/keys/opaque.ts')
  const { registrationRequest } = await startRegistration(NEW_PASSWORD, [email])
  return { email, proof: await recoveryProof(await readRecoveryCode(recoveryCode)), registrationRequest }
}

test('a forgotten password is set anew with the recovery code, and everything that was there before is void', async () => {
  const { api, joan } = await start()
  const userId = joan.account.owner.userId
  const recovered = await recover(api, ` ${joan.recoveryCode.toLowerCase()} `)
  expect(rootOf(recovered.account)).toBe(rootOf(joan.account))
  expect(recovered.account.identity.public).toEqual(joan.account.identity.public)
  expect(recovered.recoveryCode).not.toBe(joan.recoveryCode)
  expect(await outcome(() => openAccount(joan.store))).toBe('signed_out')
  expect(await outcome(() => recover(api, joan.recoveryCode))).toBe('wrong_recovery_code')
  expect(await outcome(() => signInWith(api, PASSWORD))).toBe('wrong_password')
  expect(rootOf(await signInWith(api, NEW_PASSWORD))).toBe(rootOf(joan.account))
  const devices = await api.db.selectFrom('devices').select('name').where('user_id', '=', userId).where('removed_at', 'is', null).execute()
  expect(devices.map(({ name }) => name).toSorted()).toEqual(['New laptop', 'Phone'])
  const wraps = await api.db.selectFrom('root_wraps').select(['way', 'epoch']).where('user_id', '=', userId).orderBy('way').execute()
  expect(wraps.map(({ way, epoch }) => `${way} ${epoch}`)).toEqual([
    'device 1',
    'device 1',
    'password 2',
    'recovery-code 2',
    'recovery-key 1',
  ])
  expect(await auditOf(api, 'user.recovered')).toEqual([userId])
  const { notices } = await call(recovered.account.connection, listNotices, {})
  expect(notices.map(({ kind }) => kind)).toEqual(['device-added', 'recovered-by-code'])
  expect(notices.at(-1)?.detail).toMatchObject({ device: 'New laptop', address: '127.0.0.1' })
})

test('where a device is recovered that knew the account, what it knew of the enterprise still counts', async () => {
  const { api, joan } = await start()
  const before = joan.account.profile
  const { account } = await recover(api, joan.recoveryCode, { store: joan.store })
  expect(account.profile.device.id).not.toBe(before.device.id)
  expect(account.profile.pin?.enterprise).toBe(before.pin?.enterprise)
  expect(rootOf(await openAccount(joan.store))).toBe(rootOf(joan.account))
})

test('neither the recovery code nor a password goes over the line', async () => {
  const { api, joan } = await start()
  const line = listening()
  const { recoveryCode } = await recover(api, joan.recoveryCode, { fetch: line.fetch })
  const heard = line.heard()
  expect(heard).toContain('/recovery/finish')
  const bytes = async (code: string) => Buffer.from((await readRecoveryCode(code)).reveal())
  for (const code of [joan.recoveryCode, recoveryCode]) {
    const secret = await bytes(code)
    for (const text of [code, code.replaceAll('-', ''), secret.toString('base64url'), secret.toString('hex')])
      expect(heard).not.toContain(text)
  }
  expect(heard).not.toContain(NEW_PASSWORD)
})

test('a wrong code, an address that nobody has and one that has not registered are answered alike', async () => {
  const { api, joan } = await start()
  await api.invite('invited@example.com')
  const wrong = await anotherCode()
  const answers = [
    await refused(() => recover(api, wrong)),
    await refused(() => recover(api, joan.recoveryCode, { email: 'nobody@example.com' })),
    await refused(() => recover(api, wrong, { email: 'invited@example.com' })),
  ]
  expect(answers[0]).toMatch(/wrong/)
  expect(new Set(answers).size).toBe(1)
  const [first = ''] = joan.recoveryCode
  const mistyped = `${first === '7' ? '8' : '7'}${joan.recoveryCode.slice(1)}`
  for (const code of [wrong, mistyped]) expect(await outcome(() => recover(api, code))).toBe('wrong_recovery_code')
  expect(rootOf((await recover(api, joan.recoveryCode)).account)).toBe(rootOf(joan.account))
})

test('who tries recovery codes is stopped', async () => {
  const { api } = await start()
  const input = await asked(await anotherCode())
  const codes: string[] = []
  for (let tries = 0; tries < 21; tries++) codes.push(await outcome(() => call({ origin: api.origin, token: null }, startRecovery, input)))
  expect(codes).toEqual([...Array<string>(20).fill('unauthenticated'), 'rate_limited'])
})

test('a recovery that is replayed, or done twice at once, works once', async () => {
  const { api, joan } = await start()
  const sent: unknown[] = []
  const copying: typeof fetch = async (input, init) => {
    if (String(input).endsWith('/recovery/finish')) sent.push(JSON.parse(String(init?.body)))
    return fetch(input, init)
  }
  const both = await Promise.all([1, 2].map(() => outcome(() => recover(api, joan.recoveryCode, { fetch: copying }))))
  expect(both.filter((code) => code === 'accepted')).toHaveLength(1)
  expect(both.find((code) => code !== 'accepted')).toMatch(/^(conflict|wrong_recovery_code)$/)
  for (const body of sent) {
    const replayed = finishRecovery.input.parse(body)
    expect(await outcome(() => call({ origin: api.origin, token: null }, finishRecovery, replayed))).toBe('conflict')
  }
  expect(await auditOf(api, 'user.recovered')).toHaveLength(1)
})

test('a ticket that was made up or altered ends no recovery', async () => {
  const { api, joan } = await start()
  const altered: string[] = []
  const altering: typeof fetch = (input, init) => {
    if (!String(input).endsWith('/recovery/finish')) return fetch(input, init)
    const body: { ticket: string } = JSON.parse(String(init?.body))
    const [content = '', seal] = body.ticket.split('.')
    const ticket = { ...JSON.parse(Buffer.from(content, 'base64url').toString()), expiresAt: Date.now() + 1e9 }
    const text = `${Buffer.from(JSON.stringify(ticket)).toString('base64url')}.${seal}`
    altered.push(text)
    return fetch(input, { ...init, body: JSON.stringify({ ...body, ticket: text }) })
  }
  expect(await outcome(() => recover(api, joan.recoveryCode, { fetch: altering }))).toBe('unauthenticated')
  expect(altered).toHaveLength(1)
})

test('a server that puts another identity, or another root, in the place of the person’s is refused', async () => {
  const { api, joan } = await start()
  const { owner } = joan.account
  const [root, code] = [makeUserRoot(), await readRecoveryCode(joan.recoveryCode)]
  const identity = await sealIdentity(await makeIdentity(owner.userId), root, owner)
  const stranger = await quickPerson(api, 'eve@example.com')
  const wrap = await wrapRootByRecoveryCode(root, owner, makeRecoveryCode(), 1)
  const path = '/api/v1/recovery/start'
  const tries = [
    answering(path, (answer) => ({ ...answer, identity })),
    answering(path, (answer) => ({ ...answer, wrap })),
    answering(path, (answer) => ({ ...answer, identity, wrap })),
    answering(path, (answer) => ({ ...answer, userId: stranger.owner.userId })),
    answering(path, (answer) => ({ ...answer, deviceList: { ...Object(answer['deviceList']), signature: 'A'.repeat(86) } })),
  ]
  const outcomes = []
  for (const hostile of tries) outcomes.push(await outcome(() => recover(api, joan.recoveryCode, { fetch: hostile })))
  expect(outcomes).toEqual(['cannot_open', 'cannot_open', 'cannot_open', 'cannot_open', 'uncertified'])
  expect(code.kind).toBe('recovery-code')
  expect(await auditOf(api, 'user.recovered')).toEqual([])
})

test('a locked person is told so with the right code, and nothing with a wrong one', async () => {
  const { api, joan } = await start()
  const lock = (status: 'locked' | 'active') =>
    api.write((trx) => trx.updateTable('users').set({ status }).where('id', '=', joan.account.owner.userId).execute())
  await lock('locked')
  expect(await outcome(() => recover(api, joan.recoveryCode))).toBe('forbidden')
  expect(await outcome(async () => recover(api, await anotherCode()))).toBe('wrong_recovery_code')
  await lock('active')
  const locking: typeof fetch = async (input, init) => {
    if (String(input).endsWith('/recovery/finish')) await lock('locked')
    return fetch(input, init)
  }
  expect(await outcome(() => recover(api, joan.recoveryCode, { fetch: locking }))).toBe('conflict')
})

async function withTotp({ account }: Person) {
  const { factorId, secret } = await startTotp(account, 'Phone')
  await confirmTotp(account, factorId, codeAt(secret, Date.now() - 30_000))
  return () => codeAt(secret, Date.now())
}

test('the recovery code does not replace the second factor, and nothing is given out before it', async () => {
  const { api, joan } = await start()
  const totp = await withTotp(joan)
  expect(await outcome(() => recover(api, joan.recoveryCode))).toBe('second_factor')
  const begun = await call({ origin: api.origin, token: null }, startRecovery, await asked(joan.recoveryCode))
  expect(begun).toEqual({ kind: 'second-factor', signInId: expect.any(String), factors: ['totp'], passkey: null })
  if (begun.kind !== 'second-factor') throw new Error(begun.kind)
  // The step of a recovery is none of a sign-in, which would give a session for the code and leave the password.
  const { signInId } = begun
  expect(await outcome(() => call({ origin: api.origin, token: null }, secondFactor, { signInId, totp: totp() }))).toBe('unauthenticated')
  const given = { origin: api.origin, email: JOAN, password: NEW_PASSWORD, deviceName: 'New laptop', exportable: true }
  const recoverWith = (answer: string) =>
    recoverByCode({ ...given, recoveryCode: joan.recoveryCode, store: memoryProfileStore(), secondFactor: async () => ({ totp: answer }) })
  const right = totp()
  expect(await outcome(() => recoverWith(right === '000000' ? '000001' : '000000'))).toBe('unauthenticated')
  expect(rootOf((await recoverWith(right)).account)).toBe(rootOf(joan.account))
  expect(await api.db.selectFrom('second_factors').select('kind').execute()).toEqual([{ kind: 'totp' }])
})

test('a new recovery code takes the place of the old one', async () => {
  const { api, joan } = await start()
  const renewed = await renewRecoveryCode(joan.account)
  expect(await outcome(() => recover(api, joan.recoveryCode))).toBe('wrong_recovery_code')
  expect(rootOf((await recover(api, renewed)).account)).toBe(rootOf(joan.account))
})

test('a notice that was seen counts no more, and nobody marks those of others', async () => {
  const { api, joan } = await start()
  const eve = await quickPerson(api, 'eve@example.com')
  await renewRecoveryCode(joan.account)
  const { connection } = joan.account
  const ids = (await call(connection, listNotices, {})).notices.map(({ noticeId }) => noticeId)
  expect(ids).toHaveLength(1)
  const seen = async () => (await call(connection, listNotices, {})).notices.map(({ seenAt }) => seenAt !== null)
  await call(eve.connection, seeNotices, { noticeIds: ids })
  expect(await seen()).toEqual([false])
  await call(connection, seeNotices, { noticeIds: ids })
  expect(await seen()).toEqual([true])
})
