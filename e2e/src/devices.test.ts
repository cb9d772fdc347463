import { addThisDevice, endSession, listedDevice, ownDevices, removeDevice, signerOf } from '@claviger/client/account/devices.ts'
import { openAccount } from '@claviger/client/account/open.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { call } from '@claviger/client/api/call.ts'
import { makeDevice, readDeviceList, signDeviceList } from '@claviger/client/keys/device.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { wrapRootForDevice } from '@claviger/client/keys/user-root.ts'
import { me } from '@claviger/contract/api/accounts.ts'
import { addDevice, listDevices } from '@claviger/contract/api/devices.ts'
import type { ListedDevice } from '@claviger/contract/device-list.ts'
import { createSession } from '@claviger/server/sessions/sessions.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { PASSWORD, quickAda, quickPerson, registerPerson } from './people.ts'
import { answering } from './playing-server.ts'

async function start() {
  const api = await startApi()
  await quickAda(api)
  return api
}

/** The same account on a device of its own, as a sign-in leaves it before the device is added. */
async function onNewDevice({ write, enterpriseId }: TestApi, account: OpenAccount): Promise<OpenAccount> {
  const { userId } = account.owner
  const session = await write((trx) =>
    createSession(trx, { userId, enterpriseId, deviceId: null, address: '127.0.0.1', agent: 'test' }, Date.now()),
  )
  const device = await makeDevice({ exportable: true })
  const store = memoryProfileStore()
  const profile = { ...account.profile, device, token: session.token }
  await store.save(profile)
  return { ...account, connection: { ...account.connection, token: session.token }, store, profile }
}

function add(account: OpenAccount, name = 'Phone') {
  return addThisDevice(signerOf(account), account.root, { device: account.profile.device, name })
}

test('who signs in on a second device sees both, is told of it, and removes one: it opens nothing any more', async () => {
  const api = await start()
  const { account } = await registerPerson(api, 'grace@example.com')
  const given = { origin: api.origin, email: 'grace@example.com', password: PASSWORD, store: memoryProfileStore(), exportable: true }
  const phone = await signIn({ ...given, deviceName: 'Phone' })
  const { devices, sessions, version } = await ownDevices(account)
  expect(devices.map(({ name, current }) => [name, current])).toEqual([
    ['grace@example.com’s laptop', true],
    ['Phone', false],
  ])
  expect(version).toBe(2)
  expect(sessions.map(({ deviceId, current }) => [deviceId, current])).toEqual([
    [account.profile.device.id, true],
    [phone.profile.device.id, false],
  ])
  expect(await api.db.selectFrom('notices').select('kind').execute()).toEqual([{ kind: 'device-added' }])

  await removeDevice(account, phone.profile.device.id)
  expect(await outcome(() => call(phone.connection, me, {}))).toBe('unauthenticated')
  expect(await outcome(() => openAccount(given.store))).toBe('signed_out')
  const { wraps } = await call(account.connection, me, {})
  expect(wraps.flatMap((wrap) => (wrap.way === 'device' ? [wrap.deviceId] : []))).toEqual([account.profile.device.id])
  // The password is as good as before: with it the person adds the phone anew, with keys of its own.
  const again = await signIn({ ...given, deviceName: 'Phone again' })
  expect(again.profile.device.id).not.toBe(phone.profile.device.id)
  expect((await ownDevices(account)).devices.map(({ name }) => name)).toEqual(['grace@example.com’s laptop', 'Phone again'])
})

test('two devices that change the list at the same time both do: one comes first, the other signs anew', async () => {
  const api = await start()
  const joan = await quickPerson(api, 'joan@example.com')
  const conflicts: number[] = []
  const together = meeting(2)
  const racing: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (response.status === 409) conflicts.push(response.status)
    // Both have read the same list before either signs.
    if (init?.method === 'GET') await together()
    return response
  }
  const added = await Promise.all(
    [await onNewDevice(api, joan), await onNewDevice(api, joan)].map((account) =>
      add({ ...account, connection: { ...account.connection, fetch: racing } }),
    ),
  )
  expect(conflicts).toHaveLength(1)
  expect(added.map(({ deviceListVersion }) => deviceListVersion).toSorted()).toEqual([2, 3])
  expect((await ownDevices(joan)).devices).toHaveLength(3)
})

test('a server that replays the list from before a removal is refused', async () => {
  const api = await start()
  const joan = await quickPerson(api, 'joan@example.com')
  const phone = await onNewDevice(api, joan)
  await add(phone)
  const old = await call(joan.connection, listDevices, {})
  await removeDevice(joan, phone.profile.device.id)
  const { deviceList, deviceListVersion } = old
  const replay = answering('/api/v1/me/devices', () => old)
  const replayed = { ...joan, connection: { ...joan.connection, fetch: replay } }
  expect(await outcome(() => ownDevices(replayed))).toBe('rolled_back')
  // Nor does the person sign what would follow it.
  expect(await outcome(() => removeDevice(replayed, phone.profile.device.id))).toBe('rolled_back')
  const whole = answering('/api/v1/me', (answer) => ({ ...answer, deviceList, deviceListVersion }))
  expect(await outcome(() => openAccount(joan.store, whole))).toBe('rolled_back')
  const none = answering('/api/v1/me/devices', (answer) => ({ ...answer, deviceList: null, deviceListVersion: 0 }))
  expect(await outcome(() => ownDevices({ ...joan, connection: { ...joan.connection, fetch: none } }))).toBe('rolled_back')
  expect((await openAccount(joan.store)).profile.seen).toEqual(joan.profile.seen)
})

test('a device that the server adds to the list by itself is on nobody’s screen', async () => {
  const api = await start()
  const joan = await quickPerson(api, 'joan@example.com')
  const { devices } = await call(joan.connection, listDevices, {})
  const [own] = devices
  const listed = answering('/api/v1/me/devices', (answer) => ({
    ...answer,
    devices: [...devices, { ...own, deviceId: joan.owner.userId }],
  }))
  expect((await ownDevices({ ...joan, connection: { ...joan.connection, fetch: listed } })).devices).toHaveLength(1)
})

test('the server keeps no list but the next one, signed by the user, with exactly the change that is made', async () => {
  const api = await start()
  const [joan, grace] = [await quickPerson(api, 'joan@example.com'), await quickPerson(api, 'grace@example.com')]
  const phone = await onNewDevice(api, joan)
  const { enterprise } = joan.owner
  const device = listedDevice(phone.profile.device, Date.now())
  const [laptop] = (
    await readDeviceList((await call(joan.connection, listDevices, {})).deviceList ?? never(), joan.identity, enterprise, 1)
  ).devices
  if (laptop === undefined) throw new Error('the laptop is not listed')
  const send = async (version: number, devices: readonly ListedDevice[], signer = joan.identity, sent = device) => {
    const deviceList = await signDeviceList(signer, enterprise, version, devices)
    const whole = await signDeviceList(joan.identity, enterprise, version, [sent])
    const [target] = (await readDeviceList(whole, joan.identity, enterprise, 1)).devices
    const wrap = await wrapRootForDevice(joan.root, joan.owner, target ?? never())
    return outcome(() => call(phone.connection, addDevice, { device: sent, name: 'Phone', deviceList, wrap }))
  }
  const { enterprise: _e, userId: _u, ...before } = laptop
  expect(await send(2, [before])).toBe('invalid_value')
  expect(await send(2, [device])).toBe('invalid_value')
  expect(await send(2, [{ ...before, addedAt: 1 }, device])).toBe('invalid_value')
  expect(await send(2, [before, device], grace.identity)).toBe('invalid_value')
  expect(await send(2, [before, device], { ...grace.identity, userId: joan.owner.userId })).toBe('invalid_value')
  expect(await send(1, [before, device])).toBe('conflict')
  expect(await send(3, [before, device])).toBe('conflict')
  expect((await ownDevices(joan)).version).toBe(1)
  expect(await send(2, [before, device])).toBe('accepted')
  expect(await send(3, [before, device, device])).toBe('conflict')
})

test('a session has one device, and people end only their own sessions and remove only their own devices', async () => {
  const api = await start()
  const [joan, grace] = [await quickPerson(api, 'joan@example.com'), await quickPerson(api, 'grace@example.com')]
  const second = { ...joan, profile: { ...joan.profile, device: await makeDevice({ exportable: true }) } }
  expect(await outcome(() => add(second))).toBe('conflict')
  const { sessions } = await ownDevices(grace)
  const [session] = sessions
  expect(await outcome(() => endSession(joan, session?.sessionId ?? ''))).toBe('not_found')
  expect(await outcome(() => removeDevice(joan, grace.profile.device.id))).toBe('not_found')
  expect((await ownDevices(joan)).version).toBe(1)
  expect((await openAccount(grace.store)).owner).toEqual(grace.owner)

  const elsewhere = await onNewDevice(api, grace)
  const { sessions: both } = await ownDevices(grace)
  const other = both.find(({ current }) => !current)
  await endSession(grace, other?.sessionId ?? '')
  expect(await outcome(() => call(elsewhere.connection, me, {}))).toBe('unauthenticated')
  expect(await outcome(() => endSession(grace, other?.sessionId ?? ''))).toBe('not_found')
})

/** Holds so many callers until all have come; later ones go through. */
function meeting(people: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let here = 0
  return () => {
    here += 1
    if (here === people) resolve()
    return promise
  }
}

function never(): never {
  throw new Error('the test expects it to be there')
}
