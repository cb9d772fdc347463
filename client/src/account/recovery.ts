import * as contract from '@claviger/contract/api/recovery.ts'
import type { SessionGiven } from '@claviger/contract/api/sessions.ts'
import { ApiError, type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { makeDevice, readDeviceList, signDeviceList } from '../keys/device.ts'
import { type Identity, openIdentity } from '../keys/identity.ts'
import { finishRegistration, type OpaqueState, startRegistration } from '../keys/opaque.ts'
import { makeRecoveryCode, readRecoveryCode, recoveryHash, recoveryProof, writeRecoveryCode } from '../keys/recovery-code.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import { remember, type Seen } from '../keys/seen.ts'
import { openRoot, type RecoveryCode, wrapRootByPassword, wrapRootByRecoveryCode, wrapRootForDevice } from '../keys/user-root.ts'
import { deviceOf } from './device-list.ts'
import { listedDevice } from './devices.ts'
import { openAccount } from './open.ts'
import type { OpenAccount } from './open-account.ts'
import type { Profile, ProfileStore } from './profile.ts'
import type { AskedFactors, FactorAnswer } from './sign-in.ts'

/** What somebody gives who forgot the password. */
export interface Recovering {
  readonly origin: string
  readonly email: string
  /** As it was typed. */
  readonly recoveryCode: string
  /** The new one. */
  readonly password: string
  readonly store: ProfileStore
  readonly deviceName: string
  readonly exportable: boolean
  /** Called where the account has a second factor: the code does not replace it. */
  readonly secondFactor?: (asked: AskedFactors) => Promise<FactorAnswer>
  readonly fetch?: typeof fetch
  /** When, in milliseconds; now unless given. */
  readonly at?: number
}

/** The account, open, and the code that takes the place of the used one. It is shown this once. */
export interface Recovered {
  readonly account: OpenAccount
  readonly recoveryCode: string
}

/**
 * Sets a new password with the recovery code. This device becomes the only one of the account: all others sign in again.
 * What the server gives is held against the code, which it does not know: it can swap neither root nor identity.
 * @throws ClientError `wrong_recovery_code` for a mistyped or wrong code and for an unknown address, `weak_password`,
 * `second_factor`, `cannot_open`, `swapped_key`, and as `openAccount`; ApiError `forbidden` for a locked account, `rate_limited`
 */
export async function recoverByCode(given: Recovering): Promise<Recovered> {
  const { origin, email, store, password, fetch } = given
  const connection: Connection = { origin, token: null, ...(fetch && { fetch }) }
  const code = await readRecoveryCode(given.recoveryCode)
  const { state, registrationRequest } = await startRegistration(password, [email])
  const opening = await prove(connection, given, await recoveryProof(code), registrationRequest)
  const owner: RootOwner = { enterprise: opening.enterprise, userId: opening.userId }
  const known = sameAccount(await store.load(), owner)
  const opened = await openByCode(opening, owner, code, known)
  const sealed = await sealAnew(opening, owner, opened, { ...given, state })
  const session = await call(connection, contract.finishRecovery, { ticket: opening.ticket, ...sealed.sent })
  await store.save(profileOf(given, owner, opened.identity, sealed, known, session))
  return { account: await openAccount(store, fetch), recoveryCode: sealed.recoveryCode }
}

async function prove(connection: Connection, given: Recovering, proof: string, registrationRequest: string) {
  const { email, secondFactor } = given
  const asked = { email, proof, registrationRequest }
  const started = await call(connection, contract.startRecovery, asked).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'unauthenticated') throw new ClientError('wrong_recovery_code', error.message, error)
    throw error
  })
  if (started.kind === 'opening') return started
  if (secondFactor === undefined) {
    throw new ClientError(
      'second_factor',
      'This account has a second factor, which the recovery code does not replace: give its code, or show the passkey.',
    )
  }
  const answer = await secondFactor({ factors: started.factors, passkey: started.passkey })
  return call(connection, contract.proveRecovery, { ...asked, signInId: started.signInId, ...answer })
}

interface Opened {
  readonly root: UserRoot
  readonly identity: Identity
  /** Of the next device list. */
  readonly listVersion: number
  /** With what the recovery makes. */
  readonly seen: Seen
}

/** The keys of the account by the code, not older than what this device has seen of it. */
async function openByCode(opening: contract.RecoveryOpening, owner: RootOwner, code: RecoveryCode, known: Profile | null): Promise<Opened> {
  const { wrap, deviceList, deviceListVersion } = opening
  const root = await openRoot(wrap, owner, code)
  const identity = await openIdentity(opening.identity, root, owner, known?.identity ?? null)
  const before = deviceList === null ? { version: deviceListVersion } : await readDeviceList(deviceList, identity, owner.enterprise, 1)
  const listVersion = before.version + 1
  let seen: Seen = known?.seen ?? new Map()
  seen = remember(seen, 'device-list', [[owner.userId, listVersion]])
  seen = remember(seen, 'user-root-recovery-code', [[owner.userId, wrap.epoch + 1]])
  seen = remember(seen, 'user-root-password', [[owner.userId, opening.passwordEpoch + 1]])
  return { root, identity, listVersion, seen }
}

/** Everything that takes the place of the forgotten password. */
async function sealAnew(
  { wrap, passwordEpoch, registrationResponse }: contract.RecoveryOpening,
  owner: RootOwner,
  { root, identity, listVersion, seen }: Opened,
  { password, state, deviceName, exportable, at = Date.now() }: Recovering & { state: OpaqueState },
) {
  const { registrationRecord, passwordKey, serverPublicKey } = finishRegistration(password, state, registrationResponse, owner)
  const [device, code] = [await makeDevice({ exportable }), makeRecoveryCode()]
  const listed = listedDevice(device, at)
  const deviceList = await signDeviceList(identity, owner.enterprise, listVersion, [listed])
  const verified = deviceOf(await readDeviceList(deviceList, identity, owner.enterprise, listVersion), device.id)
  const sent = {
    registrationRecord,
    passwordWrap: await wrapRootByPassword(root, owner, passwordKey, passwordEpoch + 1),
    codeWrap: await wrapRootByRecoveryCode(root, owner, code, wrap.epoch + 1),
    recoveryHash: await recoveryHash(code),
    device: listed,
    deviceName,
    deviceWrap: await wrapRootForDevice(root, owner, verified),
    deviceList,
  }
  return { sent, device, seen, serverPublicKey, recoveryCode: await writeRecoveryCode(code) }
}

function profileOf(
  { origin, email }: Recovering,
  owner: RootOwner,
  identity: Identity,
  { device, seen, serverPublicKey }: Awaited<ReturnType<typeof sealAnew>>,
  known: Profile | null,
  { token }: SessionGiven,
): Profile {
  const { pin = null, firstUse = new Map() } = known ?? {}
  return { origin, email, ...owner, identity: identity.public, serverPublicKey, device, token, pin, seen, firstUse }
}

/** What this device has of the same account: its pins stay. */
function sameAccount(profile: Profile | null, { enterprise, userId }: RootOwner): Profile | null {
  return profile?.userId === userId && profile.enterprise === enterprise ? profile : null
}
