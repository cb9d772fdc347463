import { type Me, me as meRoute } from '@claviger/contract/api/accounts.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'
import { ApiError, type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { openIdentity } from '../keys/identity.ts'
import { certifiedUser } from '../keys/recipients.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import { openRootOnDevice } from '../keys/user-root.ts'
import { entriesFrom } from '../log/follow.ts'
import { type LogPin, pinOf, readLogFirst, readPinnedLog } from '../log/log-pin.ts'
import { readOwnList } from './device-list.ts'
import { rememberList } from './devices.ts'
import type { OpenAccount } from './open-account.ts'
import type { Profile, ProfileStore } from './profile.ts'
import { ensureRecoveryWrap } from './recovery-wrap.ts'

/**
 * Opens the account that this device holds and is signed in to. Nothing of the server is believed: the root opens by the
 * device's key alone, the identity must be the one that the device knows, the log must continue the one it saw.
 * @throws ClientError `signed_out`, also where the session is over; `cannot_open`, `swapped_key`, `log_forked`, `log_shortened`,
 * `rolled_back`; ApiError
 */
export async function openAccount(store: ProfileStore, fetch?: typeof globalThis.fetch): Promise<OpenAccount> {
  const profile = await store.load()
  if (profile === null) throw new ClientError('signed_out', 'This device has no account yet: register or sign in first.')
  if (profile.token === null) throw new ClientError('signed_out', 'You are signed out on this device: sign in first.')
  const connection: Connection = { origin: profile.origin, token: profile.token, ...(fetch && { fetch }) }
  const mine = await readMe(connection, profile).catch((error: unknown) => forgetSession(store, profile, error))
  const owner: RootOwner = { enterprise: profile.enterprise, userId: profile.userId }
  const wrap = mine.wraps.find((candidate) => candidate.way === 'device' && candidate.deviceId === profile.device.id)
  if (wrap?.way !== 'device') {
    throw new ClientError('signed_out', 'This device is not one of your devices any more: sign in with your password to add it again.')
  }
  const root = await openRootOnDevice(wrap, owner, profile.device)
  return openWithRoot({ connection, store, profile: { ...profile, email: mine.email }, owner, root, mine })
}

/** What an account is opened with. `profile.pin` null: this device sees the log for the first time. */
export interface Opening {
  readonly connection: Connection
  readonly store: ProfileStore
  readonly profile: Profile
  readonly owner: RootOwner
  readonly root: UserRoot
  readonly mine: Me
}

/** Opens the account whose root is open already, and keeps what the device learned. @throws as `openAccount` */
export async function openWithRoot({ connection, store, profile, owner, root, mine }: Opening): Promise<OpenAccount> {
  const identity = await openIdentity(mine.identity, root, owner, profile.identity)
  const state = await readWholeLog(connection, profile.pin, owner)
  requireOwnCertificate(state, owner, identity.public)
  const account: OpenAccount = { connection, store, profile: { ...profile, pin: pinOf(state) }, owner, root, identity, state }
  const list = await readOwnList({ connection, owner, identity, seen: profile.seen }, mine.deviceList)
  await rememberList(account, list.version)
  await ensureRecoveryWrap(account, mine.wraps)
  return account
}

/** Who is signed in; refused where it is somebody else than the profile's user. @throws ClientError `swapped_key`; ApiError */
export async function readMe(connection: Connection, { userId, enterprise }: Pick<Profile, 'userId' | 'enterprise'>): Promise<Me> {
  const mine = await call(connection, meRoute, {})
  if (mine.userId === userId && mine.enterprise === enterprise) return mine
  throw new ClientError('swapped_key', 'The server answers for another account than the one of this device.')
}

/** The log in full, held against what the device saw of it, or else against the enterprise that the account is bound to. */
async function readWholeLog(connection: Connection, pin: LogPin | null, { enterprise }: RootOwner): Promise<LogState> {
  const entries = await entriesFrom(connection, 0)
  return pin === null ? readLogFirst(entries, enterprise) : readPinnedLog(entries, pin)
}

/** Others seal to what the log says of this user: other keys there than one's own are an attack, or need an administrator. */
function requireOwnCertificate(state: LogState, { userId }: RootOwner, own: PublicIdentity): void {
  if (state.certificates.has(userId)) certifiedUser(state, userId, own)
}

/** A session that the server knows no more is forgotten here too; the keys stay. */
async function forgetSession(store: ProfileStore, profile: Profile, error: unknown): Promise<never> {
  if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error
  await store.save({ ...profile, token: null })
  throw new ClientError('signed_out', 'Your session is over: sign in again.', error)
}
