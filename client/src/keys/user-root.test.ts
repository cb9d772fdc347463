import { UserId } from '@claviger/contract/ids.ts'
import { AesSealed, HpkeSealed } from '@claviger/contract/sealed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { makeDevice, readDeviceList, signDeviceList } from './device.ts'
import { makeIdentity, openIdentity, sealIdentity } from './identity.ts'
import { certifiedUser, wantedRecoveryKey } from './recipients.ts'
import { makeRecoveryCode } from './recovery-code.ts'
import { makeRecoveryKey } from './recovery-key.ts'
import { randomBytes, Secret } from './secret.ts'
import { addMember, append, flipBit, foundEnterprise, NOON, outcome, setPolicy } from './testing-enterprise.ts'
import {
  makeUserRoot,
  openRoot,
  openRootByRecoveryKey,
  openRootOnDevice,
  wrapRootByPasskey,
  wrapRootByPassword,
  wrapRootByRecoveryCode,
  wrapRootForDevice,
  wrapRootForRecovery,
} from './user-root.ts'

async function start() {
  const enterprise = await foundEnterprise()
  const owner = { enterprise: enterprise.state.enterprise, userId: enterprise.ada.userId }
  const other = { enterprise: (await foundEnterprise()).state.enterprise, userId: owner.userId }
  return { enterprise, owner, other, root: makeUserRoot(), passwordKey: new Secret('password-key', randomBytes(64)) }
}

test('each way in gives the same user root', async () => {
  const { owner, root, passwordKey } = await start()
  const [code, passkey] = [makeRecoveryCode(), new Secret('passkey-secret', randomBytes(32))]
  const roots = [
    await openRoot(await wrapRootByPassword(root, owner, passwordKey, 1), owner, passwordKey),
    await openRoot(await wrapRootByRecoveryCode(root, owner, code, 1), owner, code),
    await openRoot(await wrapRootByPasskey(root, owner, passkey, randomId(), 1), owner, passkey),
  ]
  for (const opened of roots) expect(opened.reveal()).toEqual(root.reveal())
})

test('another password, and the wrap of another user, enterprise, way or epoch, open nothing', async () => {
  const { owner, other, root, passwordKey } = await start()
  const wrap = await wrapRootByPassword(root, owner, passwordKey, 2)
  const attempts = [
    () => openRoot(wrap, owner, new Secret('password-key', randomBytes(64))),
    () => openRoot(wrap, owner, new Secret('recovery-code', passwordKey.reveal())),
    () => openRoot(wrap, other, passwordKey),
    () => openRoot(wrap, { ...owner, userId: newId(UserId) }, passwordKey),
    () => openRoot({ ...wrap, epoch: 1 }, owner, passwordKey),
    () => openRoot({ ...wrap, way: 'recovery-code' }, owner, passwordKey),
    () => openRoot({ ...wrap, way: 'passkey', passkeyId: randomId() }, owner, passwordKey),
  ]
  expect(await Promise.all(attempts.map(outcome))).toEqual(attempts.map(() => 'cannot_open'))
})

test('a wrap with any bit altered opens nothing', async () => {
  const { owner, root, passwordKey } = await start()
  const wrap = await wrapRootByPassword(root, owner, passwordKey, 1)
  await fc.assert(
    fc.asyncProperty(fc.nat(8 * 60 - 1), async (bit) => {
      const sealed = AesSealed.parse(flipBit(wrap.sealed, bit))
      expect(await outcome(() => openRoot({ ...wrap, sealed }, owner, passwordKey))).toBe('cannot_open')
    }),
  )
})

test('a device that its user listed opens the root with keys that cannot leave it, and no other device does', async () => {
  const { enterprise, owner, root } = await start()
  const [mine, stolen] = [await makeDevice({ exportable: false }), await makeDevice({ exportable: false })]
  const list = await signDeviceList(enterprise.ada, owner.enterprise, 1, [{ id: mine.id, ...mine.public, addedAt: NOON }])
  const { devices } = await readDeviceList(list, enterprise.ada, owner.enterprise, 1)
  const [listed] = devices
  if (listed === undefined) throw new Error('the list is empty')
  const wrap = await wrapRootForDevice(root, owner, listed)
  expect((await openRootOnDevice(wrap, owner, mine)).reveal()).toEqual(root.reveal())
  const altered = HpkeSealed.parse(flipBit(wrap.sealed, 300))
  const attempts = [
    () => openRootOnDevice(wrap, owner, stolen),
    () => openRootOnDevice(wrap, owner, { ...mine, id: stolen.id }),
    () => openRootOnDevice(wrap, { ...owner, userId: newId(UserId) }, mine),
    () => openRootOnDevice({ ...wrap, sealed: altered }, owner, mine),
  ]
  expect(await Promise.all(attempts.map(outcome))).toEqual(attempts.map(() => 'cannot_open'))
})

test('a user root is never sealed to a device of another user’s list', async () => {
  const { enterprise, owner, root } = await start()
  const [grace, device] = [await addMember(enterprise), await makeDevice({ exportable: false })]
  const list = await signDeviceList(grace, owner.enterprise, 1, [{ id: device.id, ...device.public, addedAt: NOON }])
  const { devices } = await readDeviceList(list, grace, owner.enterprise, 1)
  for (const listed of devices) expect(await outcome(() => wrapRootForDevice(root, owner, listed))).toBe('not_entitled')
  expect(devices).toHaveLength(1)
})

test('a user root is wrapped for recovery only where the policy in the log says so', async () => {
  const { enterprise, owner, root } = await start()
  const key = await makeRecoveryKey(1)
  await append(enterprise, { kind: 'recovery-key', epoch: 1, publicKey: key.encryption.public })
  expect(wantedRecoveryKey(enterprise.state)).toBeNull()
  await setPolicy(enterprise, { recovery: true })
  const wanted = wantedRecoveryKey(enterprise.state)
  if (wanted === null) throw new Error('the policy wants recovery')
  const wrap = await wrapRootForRecovery(root, owner, wanted)
  expect((await openRootByRecoveryKey(wrap, owner, key)).reveal()).toEqual(root.reveal())
  expect(await outcome(async () => openRootByRecoveryKey(wrap, owner, await makeRecoveryKey(1)))).toBe('cannot_open')
  expect(await outcome(() => openRootByRecoveryKey({ ...wrap, epoch: 2 }, owner, key))).toBe('cannot_open')
})

test('the identity comes back from under the root, and from nowhere else', async () => {
  const { enterprise, owner, other, root } = await start()
  const sealed = await sealIdentity(enterprise.ada, root, owner)
  expect((await openIdentity(sealed, root, owner, null)).public).toEqual(enterprise.ada.public)
  const stranger = await makeIdentity(newId(UserId))
  const attempts = [
    () => openIdentity(sealed, makeUserRoot(), owner, null),
    () => openIdentity(sealed, root, other, null),
    () => openIdentity({ ...sealed, signing: sealed.encryption }, root, owner, null),
    () => openIdentity({ ...sealed, encryptionKey: stranger.public.encryptionKey }, root, owner, null),
    () => openIdentity({ ...sealed, ...stranger.public }, root, owner, null),
  ]
  expect(await Promise.all(attempts.map(outcome))).toEqual(attempts.map(() => 'cannot_open'))
})

test('a device takes no root and identity that the server made up for its user', async () => {
  const { enterprise, owner } = await start()
  const [device, root, madeUp] = [await makeDevice({ exportable: false }), makeUserRoot(), await makeIdentity(owner.userId)]
  const list = await signDeviceList(madeUp, owner.enterprise, 1, [{ id: device.id, ...device.public, addedAt: NOON }])
  const { devices } = await readDeviceList(list, madeUp, owner.enterprise, 1)
  const [listed] = devices
  if (listed === undefined) throw new Error('the list is empty')
  const opened = await openRootOnDevice(await wrapRootForDevice(root, owner, listed), owner, device)
  const sealed = await sealIdentity(madeUp, root, owner)
  const known = certifiedUser(enterprise.state, owner.userId)
  expect(await outcome(() => openIdentity(sealed, opened, owner, known))).toBe('swapped_key')
})

test('printing or sending a user root by mistake shows none of it', () => {
  const root = makeUserRoot()
  const bytes = Buffer.from(root.reveal())
  for (const shown of [JSON.stringify({ root }), String(root), `${Object.values(root)}`]) {
    expect(shown).not.toContain(bytes.toString('base64url'))
    expect(shown).not.toContain(bytes.join(','))
  }
})

const randomId = () => Buffer.from(randomBytes(16)).toString('base64url')
