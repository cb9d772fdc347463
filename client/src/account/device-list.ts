import { listDevices } from '@claviger/contract/api/devices.ts'
import type { ListedDevice } from '@claviger/contract/device-list.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ApiError, type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { readDeviceList, signDeviceList, type VerifiedDevice } from '../keys/device.ts'
import type { Identity } from '../keys/identity.ts'
import type { RootOwner } from '../keys/root-owner.ts'
import { requireNotOlder, type Seen } from '../keys/seen.ts'

/** Other devices may sign at the same time; so often one of them can come first. */
const TRIES = 5

/** Who signs a device list: the user, on a device that has the identity. `seen` are the versions that the device has seen. */
export interface ListSigner {
  readonly connection: Connection
  readonly owner: RootOwner
  readonly identity: Identity
  readonly seen: Seen
}

/** A list that this user signed, not older than one that this device has seen. Version 0 is no list yet. */
export interface CurrentList {
  readonly version: number
  readonly devices: readonly VerifiedDevice[]
}

/**
 * The user's device list out of what the server gave.
 * @throws ClientError `uncertified`, `rolled_back`; ContractError `malformed`, `bad_signature`
 */
export async function readOwnList(signer: ListSigner, deviceList: SignedStatement | null): Promise<CurrentList> {
  const { owner, identity, seen } = signer
  const list = deviceList === null ? { version: 0, devices: [] } : await readDeviceList(deviceList, identity, owner.enterprise, 1)
  requireNotOlder(seen, 'device-list', owner.userId, list.version)
  return list
}

/** The next list of a change, with its devices as the user now has them. */
export interface NextList {
  readonly signed: SignedStatement
  readonly version: number
  readonly devices: readonly VerifiedDevice[]
}

/**
 * Changes the user's device list: reads the newest, signs the next, and sends it with what goes with it; where another
 * device came first, again from the start. @returns what `send` gave, and the version that now counts
 * @throws as `readOwnList`; ApiError
 */
export async function changeDeviceList<Answer>(
  signer: ListSigner,
  change: (devices: readonly ListedDevice[]) => readonly ListedDevice[],
  send: (next: NextList) => Promise<Answer>,
): Promise<{ answer: Answer; version: number }> {
  for (let tries = 1; ; tries++) {
    const { deviceList } = await call(signer.connection, listDevices, {})
    const next = await nextList(signer, await readOwnList(signer, deviceList), change)
    try {
      return { answer: await send(next), version: next.version }
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict' || tries === TRIES) throw error
    }
  }
}

/** Signs the list that follows, and reads it back, which checks the keys of each device. */
export async function nextList(
  { owner, identity }: Pick<ListSigner, 'owner' | 'identity'>,
  before: CurrentList,
  change: (devices: readonly ListedDevice[]) => readonly ListedDevice[],
): Promise<NextList> {
  const version = before.version + 1
  const signed = await signDeviceList(identity, owner.enterprise, version, change(before.devices.map(listed)))
  const { devices } = await readDeviceList(signed, identity, owner.enterprise, version)
  return { signed, version, devices }
}

/** The device of this id on a list. @throws ClientError `not_entitled` where it is not on it */
export function deviceOf({ devices }: { devices: readonly VerifiedDevice[] }, deviceId: string): VerifiedDevice {
  const device = devices.find(({ id }) => id === deviceId)
  if (device === undefined) throw new ClientError('not_entitled', 'This device is not on the list that its user signed.')
  return device
}

/** What the list says of a device, in the order of fields in which the first list said it. */
function listed({ id, signingKey, encryptionKey, keyBinding, addedAt }: ListedDevice): ListedDevice {
  return { id, signingKey, encryptionKey, keyBinding, addedAt }
}
