import { expect, test } from 'vitest'
import { exportDevice, importDevice, makeDevice, readDeviceList, signDeviceList } from './device.ts'
import { addMember, foundEnterprise, NOON, outcome } from './testing-enterprise.ts'

test('a browser’s device gives its private keys to nobody', async () => {
  const device = await makeDevice({ exportable: false })
  expect(await outcome(() => exportDevice(device))).toBe('not_exportable')
  expect(device.signing.privateKey.extractable || device.encryption.privateKey.extractable).toBe(false)
})

test('a device that lives in a file comes back from it, but not with another device’s public keys', async () => {
  const [device, other] = [await makeDevice({ exportable: true }), await makeDevice({ exportable: true })]
  const exported = await exportDevice(device)
  expect((await importDevice(exported)).public).toEqual(device.public)
  expect(await outcome(() => importDevice({ ...exported, public: other.public }))).toBe('swapped_key')
  expect(await outcome(() => importDevice({ ...exported, id: other.id }))).toBe('bad_signature')
  expect(await outcome(() => importDevice({ ...exported, signing: exported.encryption }))).toBe('swapped_key')
})

test('a device list counts only as its user signed it, for this enterprise, and not after a newer one', async () => {
  const enterprise = await foundEnterprise()
  const [grace, device, added] = [
    await addMember(enterprise),
    await makeDevice({ exportable: false }),
    await makeDevice({ exportable: false }),
  ]
  const id = enterprise.state.enterprise
  const entry = { id: device.id, ...device.public, addedAt: NOON }
  const list = await signDeviceList(enterprise.ada, id, 3, [entry])
  expect((await readDeviceList(list, enterprise.ada, id, 3)).devices.map((each) => each.id)).toEqual([device.id])
  const foreign = (await foundEnterprise()).state.enterprise
  const unbound = await signDeviceList(enterprise.ada, id, 3, [{ ...entry, encryptionKey: added.public.encryptionKey }])
  expect(await outcome(() => readDeviceList(list, grace, id, 3))).toBe('uncertified')
  expect(await outcome(() => readDeviceList(list, enterprise.ada, foreign, 3))).toBe('uncertified')
  expect(await outcome(() => readDeviceList(list, enterprise.ada, id, 4))).toBe('rolled_back')
  expect(await outcome(() => readDeviceList(unbound, enterprise.ada, id, 3))).toBe('bad_signature')
  const signedByGrace = await signDeviceList({ ...grace, userId: enterprise.ada.userId }, id, 9, [entry])
  expect(await outcome(() => readDeviceList(signedByGrace, enterprise.ada, id, 3))).toBe('uncertified')
})
