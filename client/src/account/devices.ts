import { addDevice, endSession as endSessionRoute, listDevices, removeDevice as removeDeviceRoute } from '@claviger/contract/api/devices.ts'
import type { ListedDevice } from '@claviger/contract/device-list.ts'
import type { DeviceId } from '@claviger/contract/ids.ts'
import { call } from '../api/call.ts'
import type { Device } from '../keys/device.ts'
import type { UserRoot } from '../keys/root-owner.ts'
import { remember } from '../keys/seen.ts'
import { wrapRootForDevice } from '../keys/user-root.ts'
import { changeDeviceList, deviceOf, type ListSigner, readOwnList } from './device-list.ts'
import type { OpenAccount } from './open-account.ts'

/** A device of the user, as the user signed it; the name and the times are the server's word. */
export interface OwnDevice extends ListedDevice {
  readonly name: string
  readonly seenAt: number | null
  /** The one that asks. */
  readonly current: boolean
}

/** What a list says of a device. @param at when it is added, in milliseconds */
export function listedDevice({ id, public: { signingKey, encryptionKey, keyBinding } }: Device, at: number): ListedDevice {
  return { id, signingKey, encryptionKey, keyBinding, addedAt: at }
}

/**
 * Makes the device that the person sits at one of theirs, in a session that has none: signs it onto the list and gives it
 * the root. @returns the list's version, to be remembered in the profile
 * @throws ClientError as `readOwnList`; ApiError
 */
export async function addThisDevice(
  signer: ListSigner,
  root: UserRoot,
  { device, name }: { device: Device; name: string },
  at: number = Date.now(),
): Promise<{ deviceListVersion: number }> {
  const listed = listedDevice(device, at)
  const { version } = await changeDeviceList(
    signer,
    (devices) => [...devices, listed],
    async (next) => {
      const wrap = await wrapRootForDevice(root, signer.owner, deviceOf(next, device.id))
      return call(signer.connection, addDevice, { device: listed, name, deviceList: next.signed, wrap })
    },
  )
  return { deviceListVersion: version }
}

/** The user's devices as they are signed, with sessions and the devices that wait. What the server adds to the list is not in it. */
export async function ownDevices(account: OpenAccount) {
  const { deviceList, devices: known, sessions, requests } = await call(account.connection, listDevices, {})
  const list = await readOwnList(signerOf(account), deviceList)
  await rememberList(account, list.version)
  const devices = list.devices.map(({ id, signingKey, encryptionKey, keyBinding, addedAt }): OwnDevice => {
    const told = known.find(({ deviceId }) => deviceId === id)
    const [name, seenAt, current] = [told?.name ?? 'unnamed', told?.seenAt ?? null, id === account.profile.device.id]
    return { id, signingKey, encryptionKey, keyBinding, addedAt, name, seenAt, current }
  })
  return { version: list.version, devices, sessions, requests }
}

/** Removes one of the user's devices; if it is this one, the account is signed out. @throws ApiError `not_found` */
export async function removeDevice(account: OpenAccount, deviceId: DeviceId): Promise<void> {
  const { version } = await changeDeviceList(
    signerOf(account),
    (devices) => devices.filter(({ id }) => id !== deviceId),
    ({ signed }) => call(account.connection, removeDeviceRoute, { deviceId, deviceList: signed }),
  )
  await rememberList(account, version)
}

/** Ends one of the user's sessions, wherever it is. @throws ApiError `not_found` */
export async function endSession(account: OpenAccount, sessionId: string): Promise<void> {
  await call(account.connection, endSessionRoute, { sessionId })
}

/** An open account as who signs its device list. */
export function signerOf({ connection, owner, identity, profile: { seen } }: OpenAccount): ListSigner {
  return { connection, owner, identity, seen }
}

/** Remembers the version of the list on this device, so that an older one is refused. */
export async function rememberList(account: OpenAccount, version: number): Promise<void> {
  const { owner, profile, store } = account
  account.profile = { ...profile, seen: remember(profile.seen, 'device-list', [[owner.userId, version]]) }
  await store.save(account.profile)
}
