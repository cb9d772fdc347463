import { type Bytes, fromBase64url } from '@claviger/contract/bytes.ts'
import { DeviceList, type ListedDevice } from '@claviger/contract/device-list.ts'
import { DeviceId, type EnterpriseLogId } from '@claviger/contract/ids.ts'
import { isSignedBy, type PublicIdentity, requireKeyBinding } from '@claviger/contract/public-keys.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { readStatementBytes, type SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ClientError } from '../errors.ts'
import { newId } from '../new-id.ts'
import { type Identity, publicIdentity } from './identity.ts'
import {
  type EncryptionKeyPair,
  exportPrivateKey,
  importEncryptionKeyPair,
  importSigningKeyPair,
  makeEncryptionKeyPair,
  makeSigningKeyPair,
  type SigningKeyPair,
} from './key-pair.ts'
import type { RootOwner } from './root-owner.ts'
import { signStatement } from './sign.ts'

/**
 * A device's keys. In a browser they are made so that they cannot be exported, and live in IndexedDB, which stores
 * CryptoKeys as they are. The command line has no such place: there they can be exported, into a file only its user reads.
 */
export interface Device {
  readonly kind: 'device'
  readonly id: DeviceId
  readonly signing: SigningKeyPair
  readonly encryption: EncryptionKeyPair
  readonly public: PublicIdentity
}

/** Where a device keeps itself. Browser, command line and automator each bring their own. */
export interface DeviceStore {
  load(): Promise<Device | null>
  save(device: Device): Promise<void>
}

/** Makes a device's keys. `exportable` only where the store is a file. */
export async function makeDevice({ exportable }: { exportable: boolean }): Promise<Device> {
  const id = newId(DeviceId)
  const [signing, encryption] = await Promise.all([makeSigningKeyPair(exportable), makeEncryptionKeyPair(exportable)])
  return { kind: 'device', id, signing, encryption, public: await publicIdentity(id, signing, encryption) }
}

/** What a store that is a file writes: the private halves in PKCS#8. */
export interface ExportedDevice {
  readonly id: DeviceId
  readonly public: PublicIdentity
  readonly signing: Bytes
  readonly encryption: Bytes
}

/** @throws ClientError `not_exportable` for a browser's device */
export async function exportDevice(device: Device): Promise<ExportedDevice> {
  const [signing, encryption] = [await exportPrivateKey(device.signing), await exportPrivateKey(device.encryption)]
  return { id: device.id, public: device.public, signing, encryption }
}

/** @throws ClientError `swapped_key` where the halves do not belong together */
export async function importDevice(exported: ExportedDevice): Promise<Device> {
  const { id, public: known } = exported
  const signing = await importSigningKeyPair(exported.signing, known.signingKey)
  const encryption = await importEncryptionKeyPair(exported.encryption, known.encryptionKey)
  await requireKeyBinding(id, known)
  return { kind: 'device', id, signing, encryption, public: known }
}

declare const listed: unique symbol
/** A device that its user's signed list names. Minted only by `readDeviceList`. */
export type VerifiedDevice = ListedDevice & RootOwner & { readonly [listed]: true }

/** Says which devices are this user's. `version` is one more than that of the list before. */
export function signDeviceList(
  { userId, signing }: Identity,
  enterprise: EnterpriseLogId,
  version: number,
  devices: readonly ListedDevice[],
): Promise<SignedStatement> {
  return signStatement(signing, 'device-list', { suite: SUITE, enterprise, userId, version, devices })
}

/**
 * The device list that this user signed. `leastVersion` is the newest that was seen, so that a removed device does not
 * come back with an old list.
 * @throws ClientError `uncertified` where it is another's, `rolled_back`; ContractError `malformed`, `bad_signature`
 */
export async function readDeviceList(
  signed: SignedStatement,
  of: Pick<Identity, 'userId' | 'public'>,
  enterprise: EnterpriseLogId,
  leastVersion: number,
): Promise<{ version: number; devices: readonly VerifiedDevice[] }> {
  const list = readStatementBytes(DeviceList, signed, 'a device list')
  const genuine = await isSignedBy(of.public.signingKey, 'device-list', fromBase64url(signed.statement), signed.signature)
  if (!genuine || list.userId !== of.userId || list.enterprise !== enterprise) {
    throw new ClientError('uncertified', 'This device list is not signed by the user whose devices it should name.')
  }
  if (list.version < leastVersion)
    throw new ClientError('rolled_back', `A device list is older than version ${leastVersion}, which was seen.`)
  for (const { id, signingKey, encryptionKey, keyBinding } of list.devices) {
    await requireKeyBinding(id, { signingKey, encryptionKey, keyBinding })
  }
  return {
    version: list.version,
    devices: list.devices.map((device) => ({ ...device, enterprise, userId: list.userId }) as VerifiedDevice),
  }
}
