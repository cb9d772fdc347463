import { openAccount } from '@claviger/client/account/open.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { makeIdentity, sealIdentity } from '@claviger/client/keys/identity.ts'
import { append, certificateOf, foundEnterprise, outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { appendToLog, stateAll } from '@claviger/client/log/append.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { asAdministrator, stateGenesis } from '@claviger/client/log/log-statements.ts'
import { Me, me } from '@claviger/contract/api/accounts.ts'
import { readLog } from '@claviger/contract/api/log.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import { expect, test } from 'vitest'
import { startApi } from './api-server.ts'
import { answering } from './between.ts'
import { PASSWORD, quickAda, quickPerson, registerPerson, setUpAda } from './people.ts'

const GRACE = 'grace@example.com'

/** A server that answers `me` with something changed. */
const lyingOfMe = (alter: (mine: Me) => Partial<Me>) =>
  answering(me.path, (answer) => ({ ...Me.parse(answer), ...alter(Me.parse(answer)) }))
/** A server that gives another log. */
const lyingOfLog = (entries: readonly LogEntry[], length = entries.length) => answering(readLog.path, () => ({ entries, length }))

async function withPeople() {
  const api = await startApi()
  const ada = await setUpAda(api)
  const grace = await quickPerson(api, GRACE)
  return { api, ada, grace }
}

test('a device refuses the keys, the account or the root of somebody else in its own’s place', async () => {
  const { ada, grace } = await withPeople()
  const { owner, root, store } = grace
  const swapped = await sealIdentity(await makeIdentity(owner.userId), root, owner)
  const adaSees: { mine?: Me } = {}
  const overhear = lyingOfMe((mine) => {
    adaSees.mine = mine
    return {}
  })
  await openAccount(ada.store, overhear)
  const { mine } = adaSees
  if (mine === undefined) throw new Error('nothing was overheard')
  const attempts = {
    swapped_key: [lyingOfMe(() => ({ identity: swapped })), lyingOfMe(() => ({ userId: mine.userId })), lyingOfMe(() => mine)],
    cannot_open: [
      lyingOfMe(({ wraps }) => ({ wraps: wraps.map((wrap) => (wrap.way === 'device' ? { ...wrap, sealed: sealedOf(mine) } : wrap)) })),
    ],
    rolled_back: [lyingOfMe(() => ({ deviceList: null }))],
    uncertified: [lyingOfMe(() => ({ deviceList: mine.deviceList }))],
  }
  for (const [code, fetches] of Object.entries(attempts)) {
    for (const fetch of fetches) expect(await outcome(() => openAccount(store, fetch))).toBe(code)
  }
  expect(await outcome(() => openAccount(store))).toBe('accepted')
})

test('a device refuses a log that is shorter, forked or another enterprise’s, and goes on with the true one', async () => {
  const { api, ada, grace } = await withPeople()
  const { entries } = await logOf(api)
  const evil = await foundEnterprise()
  await append(evil, certificateOf(grace.identity))
  await appendToLog(ada.account, () => [{ ...certificateOf(grace.identity, GRACE) }])
  await openAccount(grace.store)
  const fork = [...entries, ...(await logOf(api)).entries.slice(0, 1)]
  const attempts: [string, typeof fetch][] = [
    ['log_shortened', lyingOfLog(entries)],
    ['log_forked', lyingOfLog(fork)],
    ['another_enterprise', lyingOfLog(evil.entries)],
    ['unexpected_answer', lyingOfLog([], 100)],
  ]
  for (const [code, fetch] of attempts) expect(await outcome(() => openAccount(grace.store, fetch)), code).toBe(code)
  const opened = await openAccount(grace.store)
  expect(opened.state.certificates.get(grace.owner.userId)?.identity).toEqual(grace.identity.public)
  expect(await outcome(() => refreshLog({ ...opened, connection: { ...opened.connection, fetch: lyingOfLog([], 1) } }))).toBe(
    'log_shortened',
  )
})

test('a new device that signs in takes the enterprise from the password, not from the server', async () => {
  const api = await startApi()
  await quickAda(api)
  const grace = await registerPerson(api, GRACE)
  const { entry } = await stateGenesis(grace.account.identity, GRACE, Date.now())
  const given = { origin: api.origin, email: GRACE, password: PASSWORD, store: memoryProfileStore(), deviceName: 'phone', exportable: true }
  expect(await outcome(() => signIn({ ...given, fetch: lyingOfLog([entry]) }))).toBe('another_enterprise')
  expect(await given.store.load()).toBeNull()
  const devices = () => api.db.selectFrom('devices').select('id').where('user_id', '=', grace.account.owner.userId).execute()
  expect(await devices()).toHaveLength(1)
  expect(await outcome(() => signIn(given))).toBe('accepted')
  expect(await devices()).toHaveLength(2)
})

test('a device that is given other keys for its user in the log does not open', async () => {
  const { api, ada, grace } = await withPeople()
  const { entries } = await logOf(api)
  const impostor = await makeIdentity(grace.owner.userId)
  const stated = await stateAll(ada.account.state, asAdministrator(ada.account.identity), [certificateOf(impostor, GRACE)])
  expect(await outcome(() => openAccount(grace.store, lyingOfLog([...entries, ...stated.entries])))).toBe('swapped_key')
  expect(await outcome(() => openAccount(grace.store, lyingOfLog(entries)))).toBe('accepted')
})

test('a session that was ended elsewhere is forgotten, the keys of the device stay, and signing out twice is no error', async () => {
  const { api, grace } = await withPeople()
  await api.write((trx) => trx.updateTable('sessions').set({ ended_at: Date.now() }).where('user_id', '=', grace.owner.userId).execute())
  expect(await outcome(() => openAccount(grace.store))).toBe('signed_out')
  const kept = await grace.store.load()
  expect([kept?.token, kept?.device.id]).toEqual([null, grace.profile.device.id])
  expect(await outcome(() => signOut(grace))).toBe('accepted')
  expect(await outcome(() => openAccount(memoryProfileStore()))).toBe('signed_out')
})

test('two who append to the log at the same moment both get their statements in, one after the other', async () => {
  const { ada, api, grace } = await withPeople()
  const joan = await quickPerson(api, 'joan@example.com')
  const here = await openAccount(ada.store)
  const there = await openAccount(ada.store)
  await Promise.all([
    appendToLog(here, () => [certificateOf(grace.identity, GRACE)]),
    appendToLog(there, () => [certificateOf(joan.identity, 'joan@example.com')]),
  ])
  const state = await refreshLog(here)
  expect([state.length, state.certificates.has(grace.owner.userId), state.certificates.has(joan.owner.userId)]).toEqual([6, true, true])
})

async function logOf({ db }: Awaited<ReturnType<typeof startApi>>) {
  const entries = await db.selectFrom('enterprise_log').select(['statement', 'signature']).orderBy('sequence').execute()
  return { entries: entries as LogEntry[], length: entries.length }
}

/** What the server has sealed to somebody else's device. */
function sealedOf({ wraps }: Me) {
  const wrap = wraps.find(({ way }) => way === 'device')
  if (wrap?.way !== 'device') throw new Error('there is no wrap for the device')
  return wrap.sealed
}
