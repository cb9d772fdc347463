import { ownDevices, removeDevice } from '@claviger/client/account/devices.ts'
import { openAccount } from '@claviger/client/account/open.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { deleteUser } from '@claviger/server/users/delete.ts'
import { purgeRetained } from '@claviger/server/users/purge.ts'
import { expect, test } from 'vitest'
import { startApi } from './api-server.ts'
import { PASSWORD, quickPerson, registerPerson, setUpAda } from './people.ts'

const DAY = 86_400_000

test('Ada sets up, Grace registers, signs out, signs in on the same device and on another, and opens the same vault', async () => {
  const api = await startApi()
  const ada = await setUpAda(api)
  expect(ada.account.state.administrators.has(ada.account.owner.userId)).toBe(true)
  const grace = await registerPerson(api, 'grace@example.com', { firstName: 'Grace' })
  const root = Buffer.from(grace.account.root.reveal())
  expect(Buffer.from((await openAccount(grace.store)).root.reveal())).toEqual(root)
  await signOut(grace.account)
  expect(await outcome(() => openAccount(grace.store))).toBe('signed_out')
  const given = { origin: api.origin, email: ' Grace@Example.com', password: PASSWORD, deviceName: 'phone', exportable: true }
  const again = await signIn({ ...given, store: grace.store })
  expect(again.profile.device.id).toBe(grace.account.profile.device.id)
  const store = memoryProfileStore()
  const elsewhere = await signIn({ ...given, store })
  expect(Buffer.from(elsewhere.root.reveal())).toEqual(root)
  expect(Buffer.from((await openAccount(store)).root.reveal())).toEqual(root)
  expect(elsewhere.profile.device.id).not.toBe(again.profile.device.id)
})

test('two devices that sign in at once are both added; one that is removed signs in as a new one, and keeps what it saw', async () => {
  const api = await startApi()
  await setUpAda(api)
  const grace = await registerPerson(api, 'grace@example.com')
  const given = { origin: api.origin, email: 'grace@example.com', password: PASSWORD, exportable: true }
  const [phone, tablet] = [memoryProfileStore(), memoryProfileStore()]
  const [onPhone] = await Promise.all([
    signIn({ ...given, store: phone, deviceName: 'phone' }),
    signIn({ ...given, store: tablet, deviceName: 'tablet' }),
  ])
  expect((await ownDevices(grace.account)).devices.map(({ name }) => name).toSorted()).toEqual([
    'grace@example.com’s laptop',
    'phone',
    'tablet',
  ])
  await removeDevice(grace.account, onPhone.profile.device.id)
  expect(await outcome(() => openAccount(phone))).toBe('signed_out')
  const { pin } = onPhone.profile
  const again = await signIn({ ...given, store: phone, deviceName: 'phone' })
  expect(again.profile.device.id).not.toBe(onPhone.profile.device.id)
  expect([again.profile.pin, (await openAccount(phone)).identity.public]).toEqual([pin, grace.account.identity.public])
  expect((await ownDevices(again)).devices).toHaveLength(3)
})

test('somebody made without OPAQUE is as good as a registered one', async () => {
  const api = await startApi()
  await setUpAda(api)
  const joan = await quickPerson(api, 'joan@example.com')
  expect((await openAccount(joan.store)).identity.public).toEqual(joan.identity.public)
  expect((await refreshLog(joan)).length).toBe(joan.state.length)
})

test('a registered user whom the directory deletes is kept, and gone with everything once the retention is over', async () => {
  const api = await startApi()
  await setUpAda(api)
  const { owner, store } = await quickPerson(api, 'joan@example.com')
  await api.write((trx) => deleteUser(trx, api.scope(), owner.userId))
  expect(await outcome(() => openAccount(store))).toBe('signed_out')
  const left = async () => (await api.db.selectFrom('accounts').select('user_id').where('user_id', '=', owner.userId).execute()).length
  expect(await left()).toBe(1)
  const purge = (at: number) => api.write((trx) => purgeRetained(trx, at))
  expect(await purge(Date.now())).toBe(0)
  while ((await purge(Date.now() + 100 * DAY)) > 0);
  expect(await left()).toBe(0)
  expect(await api.db.selectFrom('users').select('id').where('id', '=', owner.userId).execute()).toEqual([])
})
