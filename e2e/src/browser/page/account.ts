import { exportDevice, makeDevice, readDeviceList, signDeviceList } from '@claviger/client/keys/device.ts'
import { type Identity, openIdentity, sealIdentity } from '@claviger/client/keys/identity.ts'
import { Secret } from '@claviger/client/keys/secret.ts'
import { makeUserRoot, openRoot, openRootOnDevice, wrapRootByPassword, wrapRootForDevice } from '@claviger/client/keys/user-root.ts'
import { readLogFirst } from '@claviger/client/log/log-pin.ts'
import type { Account, Opened } from '../page-api.ts'
import { type Founder, found as foundEnterprise } from '../sharing.ts'
import { askWorker } from './ask-worker.ts'
import { deviceStore } from './device-store.ts'

/** A first administrator's account from its making on, as the Web Vault does it. Nothing here outlives a reload but the device. */
let founder: Founder | undefined

export async function found() {
  founder = await foundEnterprise()
  return ownerOf(founder)
}

export async function finishRegistration(password: string, registrationResponse: string): Promise<Account> {
  if (founder === undefined) throw new Error('nobody founded the enterprise')
  const { identity, log } = founder
  const owner = ownerOf(founder)
  const finished = await askWorker('finishRegistration', password, registrationResponse, owner)
  const [root, device] = [makeUserRoot(), await makeDevice({ exportable: false })]
  const devices = await signDeviceList(identity, owner.enterprise, 1, [{ id: device.id, ...device.public, addedAt: Date.now() }])
  const [listed] = (await readDeviceList(devices, identity, owner.enterprise, 1)).devices
  if (listed === undefined) throw new Error('the list is empty')
  await deviceStore.save(device)
  return {
    owner,
    log,
    registrationRecord: finished.registrationRecord,
    identity: await sealIdentity(identity, root, owner),
    byPassword: await wrapRootByPassword(root, owner, new Secret('password-key', finished.passwordKey), 1),
    byDevice: await wrapRootForDevice(root, owner, listed),
    devices,
  }
}

export async function openOnDevice(account: Account): Promise<Opened> {
  const device = await loadDevice()
  const raw = await nameOf(() => crypto.subtle.exportKey('pkcs8', device.signing.privateKey))
  return { signingKey: (await identityOnDevice(account)).public.signingKey, refusals: [await nameOf(() => exportDevice(device)), raw] }
}

/** The founder again, from what the server keeps and this device alone. */
export async function founderOnDevice(account: Account): Promise<Founder> {
  return { identity: await identityOnDevice(account), log: account.log, state: await readLogFirst(account.log, account.owner.enterprise) }
}

export async function finishSignIn(password: string, loginResponse: string, { owner, byPassword, identity }: Account) {
  const { passwordKey, ...answer } = await askWorker('finishSignIn', password, loginResponse, owner)
  const root = await openRoot(byPassword, owner, new Secret('password-key', passwordKey))
  return { ...answer, signingKey: (await openIdentity(identity, root, owner, null)).public.signingKey }
}

async function identityOnDevice({ owner, log, byDevice, identity }: Account): Promise<Identity> {
  const state = await readLogFirst(log, owner.enterprise)
  const root = await openRootOnDevice(byDevice, owner, await loadDevice())
  // A root that came sealed to a public key may be the server's own, so the log must say whose keys these are.
  const known = state.certificates.get(owner.userId)?.identity
  if (known === undefined) throw new Error('the log does not know the founder')
  return openIdentity(identity, root, owner, known)
}

async function loadDevice() {
  const device = await deviceStore.load()
  if (device === null) throw new Error('no device is stored in this browser')
  return device
}

function ownerOf({ identity, state }: Founder) {
  return { enterprise: state.enterprise, userId: identity.userId }
}

async function nameOf(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt()
    return 'exported'
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name
  }
}
