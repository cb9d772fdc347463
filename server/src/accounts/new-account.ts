import { fromBase64url } from '@claviger/contract/bytes.ts'
import { DeviceList, type ListedDevice } from '@claviger/contract/device-list.ts'
import type { SealedIdentity, UserRootWrap } from '@claviger/contract/envelopes.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import type { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { isSignedBy, requireKeyBinding } from '@claviger/contract/public-keys.ts'
import { readStatementBytes, type SignedStatement } from '@claviger/contract/signed-statement.ts'
import { AppError } from '../errors.ts'

/** What a person's device makes of an account. Ciphertext, public keys and what they signed. */
export interface NewAccount {
  readonly userId: UserId
  readonly enterpriseId: string
  /** The enterprise's log. */
  readonly enterprise: EnterpriseLogId
  readonly identity: SealedIdentity
  /** null: no password; the user signs in through the directory. */
  readonly opaqueRecord: string | null
  readonly recoveryHash: string
  readonly wraps: readonly UserRootWrap[]
  readonly device: ListedDevice
  readonly deviceName: string
  readonly deviceList: SignedStatement
}

declare const checked: unique symbol
/** A new account in which everything belongs together. Minted only by `checkNewAccount`. */
export type CheckedAccount = NewAccount & { readonly [checked]: true }

/**
 * Checks what the server can check of a new account: that keys are the user's and the device's own, that the user's identity
 * signed the list with this one device, and that there is a way in by device and recovery code, and by password if it has one.
 * @throws AppError `invalid_value`
 */
export async function checkNewAccount(account: NewAccount): Promise<CheckedAccount> {
  try {
    const { userId, identity, device } = account
    await requireKeyBinding(userId, identity)
    await requireKeyBinding(device.id, device)
    await requireListed(account)
  } catch (error) {
    if (error instanceof ContractError) throw new AppError('invalid_value', error.message, { cause: error })
    throw error
  }
  requireWraps(account)
  return account as CheckedAccount
}

async function requireListed({ userId, enterprise, identity, device, deviceList }: NewAccount) {
  const { version, devices, ...list } = readStatementBytes(DeviceList, deviceList, 'a device list')
  const signed = await isSignedBy(identity.signingKey, 'device-list', fromBase64url(deviceList.statement), deviceList.signature)
  if (!signed) throw wrong('The device list is not signed by the identity that comes with it.')
  if (list.userId !== userId || list.enterprise !== enterprise) throw wrong('The device list is of another user or enterprise.')
  const [only, ...others] = devices
  const isThis = only !== undefined && others.length === 0 && isSameDevice(only, device)
  if (version !== 1 || !isThis) throw wrong('The first device list has version 1 and names this device alone.')
}

/** Of the bytes that were signed, the shape gives the fields in its order: the same device gives the same text. */
function isSameDevice(a: ListedDevice, b: ListedDevice): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function requireWraps({ wraps, opaqueRecord, device }: NewAccount) {
  const ways = wraps.map(({ way }) => way)
  if (new Set(ways).size !== ways.length) throw wrong('There are two wraps of the user root for one way in.')
  if (!ways.includes('recovery-code')) throw wrong('The wrap of the user root for the recovery code is missing.')
  if (ways.includes('password') !== (opaqueRecord !== null))
    throw wrong('A password and its wrap of the user root belong together: one is missing.')
  if (ways.includes('passkey') || ways.includes('recovery-key')) {
    throw wrong('A passkey is added, and the recovery key given the root, when the account exists.')
  }
  const ofDevice = wraps.find((wrap) => wrap.way === 'device')
  if (ofDevice?.way !== 'device' || ofDevice.deviceId !== device.id) throw wrong('The wrap of the user root for this device is missing.')
  const late = wraps.find((wrap) => (wrap.way === 'password' || wrap.way === 'recovery-code') && wrap.epoch !== 1)
  if (late !== undefined) throw wrong(`The first wrap by ${late.way} has epoch 1.`)
}

function wrong(why: string): AppError {
  return new AppError('invalid_value', `${why} This account was not made: try again, with a client of this version.`)
}
