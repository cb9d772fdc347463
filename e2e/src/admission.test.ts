import { askIn, letIn, pollAskedIn, turnAway, waitingForMe } from '@claviger/client/account/admission.ts'
import { ownDevices, removeDevice } from '@claviger/client/account/devices.ts'
import { openAccount } from '@claviger/client/account/open.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { startTotp } from '@claviger/client/account/second-factors.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { call } from '@claviger/client/api/call.ts'
import { makeIdentity } from '@claviger/client/keys/identity.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { pollAdmission } from '@claviger/contract/api/admission.ts'
import { pollRequest } from '@claviger/server/devices/pick-up.ts'
import { decideRequest } from '@claviger/server/devices/requests.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { quickAda, quickPerson } from './people.ts'
import { answering } from './playing-server.ts'

const MINUTE = 60_000
const nowhere = { address: '127.0.0.1', agent: 'test' }

async function start() {
  const api = await startApi()
  await quickAda(api)
  return { api, joan: await quickPerson(api, 'joan@example.com') }
}

/** A new browser at this address. */
function newBrowser(api: TestApi, email: string, fetch?: typeof globalThis.fetch) {
  const store = memoryProfileStore()
  return askIn({ origin: api.origin, email, store, deviceName: 'New browser', exportable: true, ...(fetch && { fetch }) })
}

const rootOf = ({ root }: { root: { reveal(): Uint8Array } }) => Buffer.from(root.reveal()).toString('hex')

test('a new browser gets in when one of the person’s own devices shows the same words and lets it in', async () => {
  const { api, joan } = await start()
  const waiting = await newBrowser(api, ' Joan@Example.com')
  expect(await pollAskedIn(waiting)).toEqual({ state: 'pending' })
  const [request] = await waitingForMe(joan)
  if (request === undefined) throw new Error('nothing waits')
  expect(request).toMatchObject({ name: 'New browser', words: waiting.words })
  expect(new Set(waiting.words).size).toBeGreaterThan(3)
  await letIn(joan, request)
  const polled = await pollAskedIn(waiting)
  if (polled.state !== 'approved') throw new Error(polled.state)
  expect(rootOf(polled.account)).toBe(rootOf(joan))
  expect(rootOf(await openAccount(waiting.store))).toBe(rootOf(joan))
  expect(await pollAskedIn(waiting)).toEqual({ state: 'over' })
  expect(await waitingForMe(joan)).toEqual([])
  expect((await ownDevices(polled.account)).devices.map(({ name, current }) => [name, current])).toEqual([
    ['joan@example.com’s laptop', false],
    ['New browser', true],
  ])
  // Nobody proved who they are on it: what needs a fresh sign-in waits for one.
  expect(await outcome(() => startTotp(polled.account, 'Phone'))).toBe('forbidden')
  const notices = await api.db.selectFrom('notices').select(['kind', 'user_id']).execute()
  expect(notices).toEqual([{ kind: 'device-admitted', user_id: joan.owner.userId }])
})

test('the answer does not tell whether an address has an account, or an open one', async () => {
  const { api, joan } = await start()
  await api.invite('invited@example.com')
  const addresses = ['joan@example.com', 'invited@example.com', 'nobody@example.com']
  const asked = await Promise.all(addresses.map((email) => newBrowser(api, email)))
  const again = await Promise.all(addresses.map((email) => newBrowser(api, ` ${email.toUpperCase()} `)))
  for (const [index, { owner, identity, words, secret, expiresAt }] of asked.entries()) {
    expect(again[index]?.identity).toEqual(identity)
    expect(again[index]?.owner).toEqual(owner)
    expect(words).toHaveLength(6)
    expect(expiresAt - Date.now()).toBeGreaterThan(14 * MINUTE)
    expect((await pollRequest(api.db, secret, nowhere, Date.now())).state).toBe('pending')
    expect((await pollRequest(api.db, secret, nowhere, Date.now() + 16 * MINUTE)).state).toBe('over')
  }
  expect(new Set(asked.map(({ owner }) => owner.userId)).size).toBe(3)
  expect(new Set(asked.map(({ identity }) => identity.signingKey)).size).toBe(3)
  expect(await requestsOf(api)).toEqual([joan.owner.userId, joan.owner.userId])
  await api.write((trx) => trx.updateTable('users').set({ status: 'locked' }).where('id', '=', joan.owner.userId).execute())
  const locked = await newBrowser(api, 'joan@example.com')
  expect(locked.identity).toEqual(joan.identity.public)
  expect(await pollAskedIn(locked)).toEqual({ state: 'pending' })
  expect(await requestsOf(api)).toHaveLength(2)
})

test('a browser that was turned away, or waited too long, stays out', async () => {
  const { api, joan } = await start()
  const [denied, late] = [await newBrowser(api, 'joan@example.com'), await newBrowser(api, 'joan@example.com')]
  const [first, second] = await waitingForMe(joan)
  if (first === undefined || second === undefined) throw new Error('nothing waits')
  await turnAway(joan, first.requestId)
  expect(await pollAskedIn(denied)).toEqual({ state: 'denied' })
  expect(await outcome(() => letIn(joan, first))).toBe('not_found')
  expect(await outcome(() => turnAway(joan, first.requestId))).toBe('not_found')
  await api.write((trx) =>
    trx
      .updateTable('device_requests')
      .set({ expires_at: Date.now() - 1 })
      .where('id', '=', second.requestId)
      .execute(),
  )
  expect(await pollAskedIn(late)).toEqual({ state: 'over' })
  expect(await waitingForMe(joan)).toEqual([])
  expect(await outcome(() => letIn(joan, second))).toBe('not_found')
  expect((await ownDevices(joan)).version).toBe(1)
})

test('nobody lets a browser into another person’s account, and no made up secret opens one', async () => {
  const { api, joan } = await start()
  const grace = await quickPerson(api, 'grace@example.com')
  const waiting = await newBrowser(api, 'joan@example.com')
  const [request] = await waitingForMe(joan)
  if (request === undefined) throw new Error('nothing waits')
  expect(await waitingForMe(grace)).toEqual([])
  expect(await outcome(() => letIn(grace, request))).toBe('not_found')
  expect(await outcome(() => turnAway(grace, request.requestId))).toBe('not_found')
  expect(await pollAskedIn(waiting)).toEqual({ state: 'pending' })
  // A changed byte, and the same bytes in another spelling: the last letter holds four bits that say nothing.
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
  const after = (letter: string) => letters[(letters.indexOf(letter) + 1) % letters.length] ?? ''
  const altered = [waiting.secret.replace(/(?<=^.{20})./, after), waiting.secret.replace(/.$/, after)]
  for (const secret of altered) expect(await outcome(() => call(waiting.connection, pollAdmission, { secret }))).toBe('not_found')
})

test('of two devices that answer at once, one decides, and the browser gets in once', async () => {
  const { api, joan } = await start()
  const waiting = await newBrowser(api, 'joan@example.com')
  const [request] = await waitingForMe(joan)
  if (request === undefined) throw new Error('nothing waits')
  const other = { ...joan }
  const answers = await Promise.all([
    outcome(() => letIn(joan, request)),
    outcome(() => turnAway(other, request.requestId)),
    outcome(() => letIn({ ...joan }, request)),
  ])
  expect(answers.filter((code) => code === 'accepted')).toHaveLength(1)
  for (const code of answers) expect(['accepted', 'conflict', 'not_found']).toContain(code)
  const polls = await Promise.all([pollAskedIn(waiting), pollAskedIn(waiting)])
  const states = polls.map(({ state }) => state).toSorted()
  expect(answers[1] === 'accepted' ? ['denied', 'denied'] : ['approved', 'over']).toEqual(states)
})

test('the store lets one answer to a request count, and none that comes too late', async () => {
  const { api, joan } = await start()
  const { userId } = joan.owner
  await newBrowser(api, 'joan@example.com')
  await newBrowser(api, 'joan@example.com')
  const [first, second] = await waitingForMe(joan)
  if (first === undefined || second === undefined) throw new Error('nothing waits')
  const decide = ({ requestId }: { requestId: string }, state: 'approved' | 'denied', at = Date.now()) =>
    outcome(() =>
      api.write((trx) => decideRequest(trx, { requestId, userId, enterpriseId: api.enterpriseId, decidedBy: `user:${userId}`, state }, at)),
    )
  const answers = await Promise.all([decide(first, 'approved'), decide(first, 'denied'), decide(first, 'approved')])
  expect(answers.toSorted()).toEqual(['accepted', 'conflict', 'conflict'])
  expect(await decide(second, 'approved', Date.now() + 16 * MINUTE)).toBe('conflict')
})

test('a browser that was let in and then locked out, removed, or whose person is locked, does not get in', async () => {
  const { api, joan } = await start()
  const [removed, locked] = [await newBrowser(api, 'joan@example.com'), await newBrowser(api, 'joan@example.com')]
  for (const request of await waitingForMe(joan)) await letIn(joan, request)
  await removeDevice(joan, removed.device.id)
  expect(await pollAskedIn(removed)).toEqual({ state: 'over' })
  await api.write((trx) => trx.updateTable('users').set({ status: 'locked' }).where('id', '=', joan.owner.userId).execute())
  expect(await pollAskedIn(locked)).toEqual({ state: 'over' })
})

test('a server that stands between the two is seen in the words, and gets neither the root nor the browser', async () => {
  const { api, joan } = await start()
  const mallory = await makeIdentity(joan.owner.userId)
  const swapped = answering('/api/v1/device-requests', (answer) => ({ ...answer, identity: mallory.public }))
  const waiting = await newBrowser(api, 'joan@example.com', swapped)
  const [request] = await waitingForMe(joan)
  if (request === undefined) throw new Error('nothing waits')
  expect(request.words).not.toEqual(waiting.words)
  // Joan does not look, and lets it in: the browser still opens nothing but what it showed words of.
  await letIn(joan, request)
  expect(await outcome(() => pollAskedIn(waiting))).toBe('swapped_key')
  expect(await waiting.store.load()).toBeNull()
})

test('a browser that knew the account refuses other keys for it, and keeps what it had seen', async () => {
  const { api, joan } = await start()
  const mallory = await makeIdentity(joan.owner.userId)
  await signOut(joan)
  const given = { origin: api.origin, email: 'joan@example.com', store: joan.store, deviceName: 'Again', exportable: true }
  const swapped = answering('/api/v1/device-requests', (answer) => ({ ...answer, identity: mallory.public }))
  expect(await outcome(() => askIn({ ...given, fetch: swapped }))).toBe('swapped_key')
  const waiting = await askIn(given)
  expect(waiting.known?.pin).toEqual(joan.profile.pin)
})

test('who asks to be let in at one address again and again is held up, whether or not it is anybody’s', async () => {
  const { api } = await start()
  for (const email of ['joan@example.com', 'nobody@example.com']) {
    const asked = []
    for (let times = 0; times < 7; times++) asked.push(await outcome(() => newBrowser(api, email)))
    expect(asked).toEqual([...Array<string>(6).fill('accepted'), 'rate_limited'])
  }
})

async function requestsOf({ db }: TestApi) {
  return (await db.selectFrom('device_requests').select('user_id').execute()).map(({ user_id }) => user_id)
}
