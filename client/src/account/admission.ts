import {
  approveAdmission as approveRoute,
  denyAdmission as denyRoute,
  pollAdmission as pollRoute,
  requestAdmission as requestRoute,
} from '@claviger/contract/api/admission.ts'
import type { WaitingDevice } from '@claviger/contract/api/devices.ts'
import type { ListedDevice } from '@claviger/contract/device-list.ts'
import { type PublicIdentity, requireKeyBinding } from '@claviger/contract/public-keys.ts'
import { type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { type Device, makeDevice } from '../keys/device.ts'
import { deviceWords } from '../keys/device-words.ts'
import type { RootOwner } from '../keys/root-owner.ts'
import { wrapRootForDevice } from '../keys/user-root.ts'
import { changeDeviceList, deviceOf } from './device-list.ts'
import { listedDevice, ownDevices, rememberList, signerOf } from './devices.ts'
import { openAccount } from './open.ts'
import type { OpenAccount } from './open-account.ts'
import type { Profile, ProfileStore } from './profile.ts'

/** What somebody gives who wants a new device let in without a password. */
export interface AskingIn {
  readonly origin: string
  readonly email: string
  readonly store: ProfileStore
  readonly deviceName: string
  readonly exportable: boolean
  readonly fetch?: typeof fetch
}

/** A device that waits to be let in. It shows the words; whoever lets it in sees the same, or turns it away. */
export interface Waiting {
  readonly words: readonly string[]
  /** In milliseconds. */
  readonly expiresAt: number
  readonly connection: Connection
  readonly secret: string
  readonly email: string
  readonly owner: RootOwner
  /** The account's keys, of which the words are made. The account is opened with these or not at all. */
  readonly identity: PublicIdentity
  readonly device: Device
  readonly store: ProfileStore
  /** What this device has of the same account. */
  readonly known: Profile | null
}

/**
 * Asks that this device be let into the account of an address. The server says whose keys that account has: made up ones
 * for an address that nobody has, and the words of those are shown on no other device.
 * @throws ClientError `swapped_key` where this device knows other keys of the account; ApiError `rate_limited`
 */
export async function askIn({ origin, email, store, deviceName, exportable, fetch }: AskingIn, at: number = Date.now()): Promise<Waiting> {
  const connection: Connection = { origin, token: null, ...(fetch && { fetch }) }
  const device = await makeDevice({ exportable })
  const listed = listedDevice(device, at)
  const { userId, enterprise, identity, secret, expiresAt } = await call(connection, requestRoute, {
    email,
    device: listed,
    name: deviceName,
  })
  await requireKeyBinding(userId, identity)
  const owner: RootOwner = { userId, enterprise }
  const known = ofSameAccount(await store.load(), owner)
  if (known !== null && !areSameKeys(known.identity, identity)) {
    throw new ClientError('swapped_key', 'The server names other keys for this account than this device knows.')
  }
  const words = await deviceWords(owner, identity, listed)
  return { words, expiresAt, connection, secret, email, owner, identity, device, store, known }
}

/** What became of a device that asked in. */
export type AskedIn = { state: 'pending' | 'denied' | 'over' } | { state: 'approved'; account: OpenAccount }

/**
 * Asks once what became of it. Approved, the account is opened and kept on this device: with the keys of which the words
 * were made, whatever else the server has. The answer that it is approved comes once.
 * @throws ClientError `swapped_key`, `cannot_open` and as `openAccount`; ApiError
 */
export async function pollAskedIn(waiting: Waiting): Promise<AskedIn> {
  const { connection, secret, store, known, owner, email, identity, device } = waiting
  const polled = await call(connection, pollRoute, { secret })
  if (polled.state !== 'approved') return polled
  const { origin, fetch } = connection
  const profile: Profile = {
    origin,
    email,
    ...owner,
    identity,
    serverPublicKey: known?.serverPublicKey ?? null,
    device,
    token: polled.session.token,
    pin: known?.pin ?? null,
    seen: known?.seen ?? new Map(),
    firstUse: known?.firstUse ?? new Map(),
  }
  const account = await openAccount(holding(profile), fetch)
  await store.save(account.profile)
  return { state: 'approved', account: { ...account, store } }
}

/** A device that waits for this user's word, with the words that it shows if nobody stands between. */
export interface WaitingForMe extends WaitingDevice {
  readonly words: readonly string[]
}

/** The devices that ask to be let into this account. */
export async function waitingForMe(account: OpenAccount): Promise<WaitingForMe[]> {
  const { requests } = await ownDevices(account)
  return Promise.all(requests.map(async (request) => ({ ...request, words: await wordsFor(account, request.device) })))
}

/**
 * Lets a device in whose words were compared: signs it onto the list and gives it the root.
 * @throws ApiError `not_found`, `conflict` where the request was answered or took too long; ClientError as `ownDevices`
 */
export async function letIn(account: OpenAccount, { requestId, device }: Pick<WaitingDevice, 'requestId' | 'device'>): Promise<void> {
  const { version } = await changeDeviceList(
    signerOf(account),
    (devices) => [...devices, device],
    async (next) => {
      const wrap = await wrapRootForDevice(account.root, account.owner, deviceOf(next, device.id))
      return call(account.connection, approveRoute, { requestId, deviceList: next.signed, wrap })
    },
  )
  await rememberList(account, version)
}

/** Turns a device away. @throws ApiError `not_found`, `conflict` where the request was answered or took too long */
export async function turnAway({ connection }: OpenAccount, requestId: string): Promise<void> {
  await call(connection, denyRoute, { requestId })
}

async function wordsFor({ owner, identity }: OpenAccount, device: ListedDevice): Promise<string[]> {
  await requireKeyBinding(device.id, device)
  return deviceWords(owner, identity.public, device)
}

function ofSameAccount(profile: Profile | null, { enterprise, userId }: RootOwner): Profile | null {
  return profile?.userId === userId && profile.enterprise === enterprise ? profile : null
}

function areSameKeys(a: PublicIdentity, b: PublicIdentity): boolean {
  return a.signingKey === b.signingKey && a.encryptionKey === b.encryptionKey
}

/** A store of its own: what does not open is not kept. */
function holding(profile: Profile): ProfileStore {
  let kept = profile
  return {
    load: async () => kept,
    save: async (next) => {
      kept = next
    },
  }
}
