import { openAccount } from '@claviger/client/account/open.ts'
import { changePassword } from '@claviger/client/account/password.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { call } from '@claviger/client/api/call.ts'
import { finishSignIn as finishOpaque, startSignIn as startOpaque } from '@claviger/client/keys/opaque.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { finishSignIn, me, startSignIn } from '@claviger/contract/api/accounts.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { PASSWORD, quickAda, quickPerson, registerPerson } from './people.ts'
import { answering } from './playing-server.ts'

const NEWER = 'marmot filigree 92 oblong'

async function start() {
  const api = await startApi()
  await quickAda(api)
  return api
}

function signingIn({ origin }: TestApi, password: string) {
  return { origin, email: 'grace@example.com', password, store: memoryProfileStore(), deviceName: 'Phone', exportable: true }
}

test('a new password opens what the old one opened; the old one and every other session are over', async () => {
  const api = await start()
  const { account, store } = await registerPerson(api, 'grace@example.com')
  const phone = await signIn(signingIn(api, PASSWORD))
  const underWay = await beginSignIn(api)
  await changePassword(account, NEWER)
  expect(await outcome(() => call(phone.connection, me, {}))).toBe('unauthenticated')
  expect(await outcome(underWay)).toBe('unauthenticated')
  expect(await outcome(() => signIn(signingIn(api, PASSWORD)))).toBe('wrong_password')
  const root = Buffer.from(account.root.reveal())
  expect(Buffer.from((await openAccount(store)).root.reveal())).toEqual(root)
  const elsewhere = await signIn(signingIn(api, NEWER))
  expect(Buffer.from(elsewhere.root.reveal())).toEqual(root)
  expect(elsewhere.identity.public).toEqual(account.identity.public)
  const notices = await api.db.selectFrom('notices').select('kind').execute()
  expect(notices.map(({ kind }) => kind)).toContain('password-changed')
})

/** The password is typed; the proof of it is not sent yet. */
async function beginSignIn({ origin }: TestApi) {
  const connection = { origin, token: null }
  const { state, startLoginRequest } = await startOpaque(PASSWORD)
  const { signInId, loginResponse, ...owner } = await call(connection, startSignIn, { email: 'grace@example.com', startLoginRequest })
  const { finishLoginRequest } = finishOpaque(PASSWORD, state, loginResponse, owner)
  return () => call(connection, finishSignIn, { signInId, finishLoginRequest, deviceId: null })
}

test('a password is changed once at a time, by who has just proven who they are, and into a strong one', async () => {
  const api = await start()
  const joan = await quickPerson(api, 'joan@example.com')
  expect(await outcome(() => changePassword(joan, 'Joan2026!'))).toBe('weak_password')
  // Joan had no password: the first one comes in the same way, and of two at once one is it.
  const outcomes = await Promise.all([
    outcome(() => changePassword({ ...joan }, PASSWORD)),
    outcome(() => changePassword({ ...joan }, NEWER)),
  ])
  expect(outcomes.toSorted()).toEqual(['accepted', 'conflict'])
  const kept = outcomes[0] === 'accepted' ? PASSWORD : NEWER
  const again = await signIn({ ...signingIn(api, kept), email: 'joan@example.com' })
  expect(Buffer.from(again.root.reveal())).toEqual(Buffer.from(joan.root.reveal()))
  await api.write((trx) =>
    trx
      .updateTable('sessions')
      .set({ proven_at: Date.now() - 6 * 60_000 })
      .execute(),
  )
  expect(await outcome(() => changePassword(again, 'gannet thimble 55 quorum'))).toBe('forbidden')
})

test('a server that gives the wrap of an old password again is refused', async () => {
  const api = await start()
  const joan = await quickPerson(api, 'joan@example.com')
  await changePassword(joan, PASSWORD)
  const { wraps } = await call(joan.connection, me, {})
  await changePassword(joan, NEWER)
  const replay = answering('/api/v1/me', (answer) => ({ ...answer, wraps }))
  const played = { ...joan, connection: { ...joan.connection, fetch: replay } }
  expect(await outcome(() => changePassword(played, 'gannet thimble 55 quorum'))).toBe('rolled_back')
})
