import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import {
  confirmPasskey,
  confirmTotp,
  removeSecondFactor,
  secondFactors,
  startPasskey,
  startTotp,
} from '@claviger/client/account/second-factors.ts'
import { type AskedFactors, type FactorAnswer, signIn } from '@claviger/client/account/sign-in.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { TestAuthenticator } from '@claviger/server/accounts/testing-authenticator.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { codeAt } from './authenticator-app.ts'
import { PASSWORD, quickAda, registerPerson } from './people.ts'

const STEP = 30_000

async function start() {
  const api = await startApi()
  await quickAda(api)
  const { account } = await registerPerson(api, 'grace@example.com')
  return { api, account }
}

function signInWith({ origin }: TestApi, secondFactor?: (asked: AskedFactors) => Promise<FactorAnswer>) {
  const given = {
    origin,
    email: 'grace@example.com',
    password: PASSWORD,
    store: memoryProfileStore(),
    deviceName: 'Phone',
    exportable: true,
  }
  return outcome(() => signIn({ ...given, ...(secondFactor && { secondFactor }) }))
}

test('an authenticator app is asked for from its first code on; a code opens once, and the password alone nothing', async () => {
  const { api, account } = await start()
  const { factorId, secret } = await startTotp(account, 'Phone')
  expect(await signInWith(api)).toBe('accepted')
  const now = Date.now()
  expect(await outcome(() => confirmTotp(account, factorId, codeAt(secret, now - 10 * STEP)))).toBe('invalid_value')
  await confirmTotp(account, factorId, codeAt(secret, now))
  expect(await secondFactors(account)).toMatchObject([{ factorId, kind: 'totp', name: 'Phone' }])
  expect(await signInWith(api)).toBe('second_factor')
  // The step that confirmed it was used with that.
  expect(await signInWith(api, async () => ({ totp: codeAt(secret, now) }))).toBe('unauthenticated')
  const next = codeAt(secret, now + STEP)
  expect(await signInWith(api, async ({ factors }) => (factors.join() === 'totp' ? { totp: next } : { totp: '' }))).toBe('accepted')
  expect(await signInWith(api, async () => ({ totp: next }))).toBe('unauthenticated')
  const notices = await api.db.selectFrom('notices').select('kind').execute()
  expect(notices.map(({ kind }) => kind)).toContain('second-factor-changed')
  await removeSecondFactor(account, factorId)
  expect(await signInWith(api)).toBe('accepted')
})

test('a passkey opens for this server and this sign-in alone; a copy of it, or one shown elsewhere, is refused', async () => {
  const { api, account } = await start()
  const passkey = new TestAuthenticator()
  const { factorId, options } = await startPasskey(account, 'Stick')
  const here = api.origin
  const made = passkey.create({ challenge: options.challenge, origin: 'https://vault.example.com.evil.example' })
  expect(await outcome(() => confirmPasskey(account, factorId, made))).toBe('invalid_value')
  await confirmPasskey(account, factorId, passkey.create({ challenge: options.challenge, origin: here }))
  const show = (asked: AskedFactors, origin = here) => ({ passkey: passkey.get({ challenge: asked.passkey?.challenge ?? '', origin }) })
  expect(await signInWith(api, async (asked) => show(asked, 'https://evil.example'))).toBe('unauthenticated')
  let first: AskedFactors | undefined
  const remembering = async (asked: AskedFactors) => {
    first = asked
    return show(asked)
  }
  expect(await signInWith(api, remembering)).toBe('accepted')
  expect(await signInWith(api, async () => show(first ?? { factors: [], passkey: null }))).toBe('unauthenticated')
  // A copy does not know how often the stick was used.
  passkey.counter = 0
  expect(await signInWith(api, async (asked) => show(asked))).toBe('unauthenticated')
})
