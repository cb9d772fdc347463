import { UserId } from '@claviger/contract/ids.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import { client, ready, server } from '@serenity-kit/opaque'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { finishRegistration, finishSignIn, startRegistration, startSignIn } from './opaque.ts'
import type { RootOwner } from './root-owner.ts'
import { foundEnterprise, outcome } from './testing-enterprise.ts'
import { makeUserRoot, openRoot, wrapRootByPassword } from './user-root.ts'

const PASSWORD = 'terrapin vukeluwa 47 obibu'

async function start() {
  await ready
  const { state, ada } = await foundEnterprise()
  return { owner: { enterprise: state.enterprise, userId: ada.userId }, serverSetup: server.createSetup() }
}

/** The server's part, as the server will do it: with the library, and without the password. */
async function register({ owner, serverSetup }: Awaited<ReturnType<typeof start>>, password = PASSWORD) {
  const { state, registrationRequest } = await startRegistration(password, [])
  const { registrationResponse } = server.createRegistrationResponse({ serverSetup, userIdentifier: owner.userId, registrationRequest })
  return finishRegistration(password, state, registrationResponse, owner)
}

async function signIn(
  { owner, serverSetup }: Awaited<ReturnType<typeof start>>,
  registrationRecord: string | null,
  { password = PASSWORD, as = owner, identifier = owner.userId as string }: { password?: string; as?: RootOwner; identifier?: string } = {},
) {
  const { state, startLoginRequest } = await startSignIn(password)
  const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
  const begun = server.startLogin({ serverSetup, registrationRecord, startLoginRequest, userIdentifier: identifier, identifiers })
  const finished = finishSignIn(password, state, begun.loginResponse, as)
  const { sessionKey } = server.finishLogin({
    serverLoginState: begun.serverLoginState,
    finishLoginRequest: finished.finishLoginRequest,
    identifiers,
  })
  return { ...finished, sessionKeyOfServer: sessionKey }
}

test('who registered signs in with the password, opens the user root, and shares a secret with the server', async () => {
  const set = await start()
  const registered = await register(set)
  const root = makeUserRoot()
  const wrap = await wrapRootByPassword(root, set.owner, registered.passwordKey, 1)
  const signedIn = await signIn(set, registered.registrationRecord)
  expect((await openRoot(wrap, set.owner, signedIn.passwordKey)).reveal()).toEqual(root.reveal())
  expect(Buffer.from(signedIn.sessionKey.reveal()).toString('base64url')).toBe(signedIn.sessionKeyOfServer)
  expect(signedIn.serverPublicKey).toBe(registered.serverPublicKey)
})

test('a wrong password, an unknown address, another user id and another enterprise are refused in the same words', async () => {
  const set = await start()
  const { registrationRecord } = await register(set)
  const other = { ...set.owner, userId: newId(UserId) }
  const elsewhere = { ...set.owner, enterprise: (await foundEnterprise()).state.enterprise }
  const attempts = [
    () => signIn(set, registrationRecord, { password: `${PASSWORD}x` }),
    () => signIn(set, null),
    () => signIn(set, registrationRecord, { as: other }),
    () => signIn(set, registrationRecord, { as: elsewhere }),
    () => signIn(set, registrationRecord, { identifier: other.userId }),
    async () => finishSignIn(PASSWORD, (await startSignIn(PASSWORD)).state, 'AAAA', set.owner),
  ]
  for (const attempt of attempts) expect(await outcome(attempt)).toBe('wrong_password')
})

test('a password with accents signs in from a keyboard that composes them differently', async () => {
  const set = await start()
  const [composed, decomposed] = ['caf\u00e9 terrapin vukeluwa obibu', 'cafe\u0301 terrapin vukeluwa obibu']
  const { registrationRecord } = await register(set, composed)
  expect(await outcome(() => signIn(set, registrationRecord, { password: decomposed }))).toBe('accepted')
})

test('a server that lost its set-up, or swapped it, cannot pass for the one of the registration', async () => {
  const set = await start()
  const { registrationRecord } = await register(set)
  expect(await outcome(() => signIn({ ...set, serverSetup: server.createSetup() }, registrationRecord))).toBe('wrong_password')
})

test('a registration made with cheaper key stretching does not open: the client asks nobody what to spend', async () => {
  const set = await start()
  const { owner, serverSetup } = set
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: PASSWORD })
  const { registrationResponse } = server.createRegistrationResponse({ serverSetup, userIdentifier: owner.userId, registrationRequest })
  const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
  const keyStretching = { 'argon2id-custom': { memory: 8192, iterations: 1, parallelism: 1 } }
  const cheap = client.finishRegistration({ password: PASSWORD, clientRegistrationState, registrationResponse, identifiers, keyStretching })
  expect(await outcome(() => signIn(set, cheap.registrationRecord))).toBe('wrong_password')
})

test('a password that could be guessed is refused before anything of it is sent', async () => {
  expect(await outcome(() => startRegistration('Summer2026!', []))).toBe('weak_password')
  expect(await outcome(() => startRegistration('lovelace2026', ['ada.lovelace@acme.example']))).toBe('weak_password')
})
