import { finishSignIn, type Me, secondFactor as secondFactorRoute, startSignIn } from '@claviger/contract/api/accounts.ts'
import type { PasskeyAssertion, PasskeyOptions, SecondFactorKind } from '@claviger/contract/api/second-factors.ts'
import type { SessionGiven } from '@claviger/contract/api/sessions.ts'
import { type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { makeDevice } from '../keys/device.ts'
import { openIdentity } from '../keys/identity.ts'
import { type OpaqueKeys, finishSignIn as proveByOpaque, startSignIn as startOpaque } from '../keys/opaque.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import { remember } from '../keys/seen.ts'
import { openRoot } from '../keys/user-root.ts'
import { addThisDevice, signerOf } from './devices.ts'
import { openAccount, openWithRoot, readMe } from './open.ts'
import type { OpenAccount } from './open-account.ts'
import type { Profile, ProfileStore } from './profile.ts'

/** What a second factor is asked with, and answered. `passkey`: what the browser is to show a passkey for. */
export interface AskedFactors {
  readonly factors: readonly SecondFactorKind[]
  readonly passkey: PasskeyOptions | null
}
export type FactorAnswer = { totp: string } | { passkey: PasskeyAssertion }

/** What somebody gives who signs in. */
export interface SigningIn {
  readonly origin: string
  readonly email: string
  readonly password: string
  readonly store: ProfileStore
  /** For a device that the account does not know yet. */
  readonly deviceName: string
  readonly exportable: boolean
  /** Called where the account has a second factor. */
  readonly secondFactor?: (asked: AskedFactors) => Promise<FactorAnswer>
  readonly fetch?: typeof fetch
}

/**
 * Signs in with the password. A device that the account does not know is added to it, with keys of its own; one that it
 * knows keeps its pins, so the server cannot use a sign-in to make it forget them.
 * @throws ClientError `wrong_password` for a wrong password and an unknown address alike, `second_factor` where one is
 * wanted and none is given, and as `openAccount`; ApiError `forbidden` for somebody locked, `rate_limited`
 */
export async function signIn(given: SigningIn): Promise<OpenAccount> {
  const { origin, store, fetch } = given
  const proven = await provePassword({ origin, token: null, ...(fetch && { fetch }) }, given)
  const { owner, known, session } = proven
  const connection: Connection = { origin, token: session.token, ...(fetch && { fetch }) }
  const mine = await readMe(connection, owner)
  if (known !== null && mine.wraps.some((wrap) => wrap.way === 'device' && wrap.deviceId === known.device.id)) {
    await store.save({ ...known, origin, email: mine.email, token: session.token, serverPublicKey: proven.serverPublicKey })
    return openAccount(store, fetch)
  }
  return openOnNewDevice(given, connection, proven, mine)
}

interface Proven extends OpaqueKeys {
  readonly owner: RootOwner
  /** What this device has of the same account. */
  readonly known: Profile | null
  readonly session: SessionGiven
}

async function provePassword(connection: Connection, given: SigningIn): Promise<Proven> {
  const { email, password, store } = given
  const { state, startLoginRequest } = await startOpaque(password)
  const begun = await call(connection, startSignIn, { email, startLoginRequest })
  const owner: RootOwner = { enterprise: begun.enterprise, userId: begun.userId }
  const { finishLoginRequest, passwordKey, serverPublicKey } = proveByOpaque(password, state, begun.loginResponse, owner)
  const known = sameAccount(await store.load(), owner)
  if (known?.serverPublicKey && known.serverPublicKey !== serverPublicKey) {
    throw new ClientError('swapped_key', 'The server has not the key with which this account was registered.')
  }
  const { signInId } = begun
  const outcome = await call(connection, finishSignIn, { signInId, finishLoginRequest, deviceId: known?.device.id ?? null })
  const session = outcome.kind === 'signed-in' ? outcome.session : await answerFactor(connection, signInId, outcome, given)
  return { owner, known, session, passwordKey, serverPublicKey }
}

async function answerFactor(connection: Connection, signInId: string, { factors, passkey }: AskedFactors, { secondFactor }: SigningIn) {
  if (secondFactor === undefined)
    throw new ClientError('second_factor', 'This account has a second factor: give its code, or show the passkey.')
  const answer = await secondFactor({ factors, passkey })
  return call(connection, secondFactorRoute, { signInId, ...answer })
}

/** Opens the root by the password, and makes this device one of the user's. */
async function openOnNewDevice(
  { origin, store, deviceName, exportable }: SigningIn,
  connection: Connection,
  proven: Proven,
  mine: Me,
): Promise<OpenAccount> {
  const { owner, known, session, serverPublicKey } = proven
  const { root, epoch } = await openByPassword(mine, proven)
  const seen = remember(known?.seen ?? new Map(), 'user-root-password', [[owner.userId, epoch]])
  const identity = await openIdentity(mine.identity, root, owner, known?.identity ?? null)
  const device = await makeDevice({ exportable })
  const profile: Profile = {
    origin,
    email: mine.email,
    ...owner,
    identity: identity.public,
    serverPublicKey,
    device,
    token: session.token,
    pin: known?.pin ?? null,
    seen,
    firstUse: known?.firstUse ?? new Map(),
  }
  // The log is verified before anything is signed: a server that forks it gets no new device.
  const account = await openWithRoot({ connection, store: unsaved(profile), profile, owner, root, mine })
  const { deviceListVersion } = await addThisDevice(signerOf(account), root, { device, name: deviceName })
  const opened: OpenAccount = {
    ...account,
    store,
    profile: { ...account.profile, seen: remember(account.profile.seen, 'device-list', [[owner.userId, deviceListVersion]]) },
  }
  await store.save(opened.profile)
  return opened
}

async function openByPassword(mine: Me, { owner, passwordKey }: Proven): Promise<{ root: UserRoot; epoch: number }> {
  const wrap = mine.wraps.find(({ way }) => way === 'password')
  if (wrap?.way !== 'password') throw new ClientError('unexpected_answer', 'The server gives no wrap of the user root for the password.')
  return { root: await openRoot(wrap, owner, passwordKey), epoch: wrap.epoch }
}

/** A profile of another account, or of none, says nothing of this one. */
function sameAccount(profile: Profile | null, { enterprise, userId }: RootOwner): Profile | null {
  return profile?.userId === userId && profile.enterprise === enterprise ? profile : null
}

/** Keeps nothing: until the device is added, there is no profile to keep. */
function unsaved(profile: Profile): ProfileStore {
  return { load: async () => profile, save: async () => {} }
}
