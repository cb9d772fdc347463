import type { InvitationShown } from '@claviger/contract/api/accounts.ts'
import { readInvitation, startRegistration as startRoute } from '@claviger/contract/api/accounts.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { type Connection, call } from '../api/call.ts'
import { type Device, makeDevice, readDeviceList, signDeviceList } from '../keys/device.ts'
import { type Identity, makeIdentity, sealIdentity } from '../keys/identity.ts'
import { finishRegistration, type OpaqueKeys, startRegistration } from '../keys/opaque.ts'
import { makeRecoveryCode, recoveryHash, writeRecoveryCode } from '../keys/recovery-code.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import { makeUserRoot, type PasswordKey, wrapRootByPassword, wrapRootByRecoveryCode, wrapRootForDevice } from '../keys/user-root.ts'
import { deviceOf } from './device-list.ts'
import { listedDevice } from './devices.ts'
import type { OpenAccount } from './open-account.ts'
import type { ProfileStore } from './profile.ts'

/** What somebody gives who accepts a link. */
export interface Registering {
  /** Scheme, host and port of the server. */
  readonly origin: string
  /** What follows `#` in the link. */
  readonly token: string
  readonly password: string
  readonly store: ProfileStore
  readonly deviceName: string
  /** Whether the device's keys can leave it: only where the store is a file. */
  readonly exportable: boolean
  /** When, in milliseconds; now unless given. */
  readonly at?: number
  readonly fetch?: typeof fetch
}

/** A new account, open. The recovery code is shown this once. */
export interface Registered {
  readonly account: OpenAccount
  readonly recoveryCode: string
}

/** Whom the link is for, and the password on its way: it was strong enough. */
export interface BegunRegistration {
  readonly connection: Connection
  readonly invitation: InvitationShown
  /** Ends OPAQUE's registration, for the enterprise that the account will be bound to. Takes 200 ms and more. */
  readonly finish: (owner: RootOwner) => OpaqueKeys & { registrationRecord: string }
}

/** Reads the link and begins the registration. @throws ClientError `weak_password`; ApiError where the link opens nothing */
export async function beginRegistration({ origin, token, password, fetch }: Registering): Promise<BegunRegistration> {
  const connection: Connection = { origin, token: null, ...(fetch && { fetch }) }
  const invitation = await call(connection, readInvitation, { token })
  const { email, firstName, lastName, enterpriseName } = invitation
  const about = [email, firstName, lastName, enterpriseName].filter((words) => words !== null)
  const { state, registrationRequest } = await startRegistration(password, about)
  const { registrationResponse } = await call(connection, startRoute, { token, registrationRequest })
  return { connection, invitation, finish: (owner) => finishRegistration(password, state, registrationResponse, owner) }
}

/** Everything that a device makes for a new account. */
export interface MadeAccount {
  readonly owner: RootOwner
  readonly root: UserRoot
  readonly identity: Identity
  readonly device: Device
  readonly recoveryCode: string
  /** What the server keeps of it. */
  readonly sent: Awaited<ReturnType<typeof sealAccount>>
}

/**
 * Makes the keys of an account, and its ways in: device, recovery code, and the password if there is one.
 * @param at when the device is listed, in milliseconds
 */
export async function makeAccount(
  enterprise: EnterpriseLogId,
  identity: Identity,
  passwordKey: PasswordKey | null,
  { deviceName, exportable, at = Date.now() }: Pick<Registering, 'deviceName' | 'exportable' | 'at'>,
): Promise<MadeAccount> {
  const owner: RootOwner = { enterprise, userId: identity.userId }
  const [root, device, code] = [makeUserRoot(), await makeDevice({ exportable }), makeRecoveryCode()]
  const sent = await sealAccount({ owner, root, identity, device, code, passwordKey }, deviceName, at)
  return { owner, root, identity, device, recoveryCode: await writeRecoveryCode(code), sent }
}

/** The keys that others will know this user by. */
export function makeIdentityFor({ invitation: { userId } }: BegunRegistration): Promise<Identity> {
  return makeIdentity(userId)
}

interface Keys extends Omit<MadeAccount, 'sent' | 'recoveryCode'> {
  readonly code: ReturnType<typeof makeRecoveryCode>
  readonly passwordKey: PasswordKey | null
}

async function sealAccount({ owner, root, identity, device, code, passwordKey }: Keys, deviceName: string, at: number) {
  const listed = listedDevice(device, at)
  const deviceList = await signDeviceList(identity, owner.enterprise, 1, [listed])
  const verified = deviceOf(await readDeviceList(deviceList, identity, owner.enterprise, 1), device.id)
  return {
    identity: await sealIdentity(identity, root, owner),
    wraps: [
      await wrapRootForDevice(root, owner, verified),
      await wrapRootByRecoveryCode(root, owner, code, 1),
      ...(passwordKey === null ? [] : [await wrapRootByPassword(root, owner, passwordKey, 1)]),
    ],
    recoveryHash: await recoveryHash(code),
    device: listed,
    deviceName,
    deviceList,
  }
}
