import { fromBase64url } from '@claviger/contract/bytes.ts'
import { DeviceList, type ListedDevice } from '@claviger/contract/device-list.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { isSignedBy, requireKeyBinding, SigningKey } from '@claviger/contract/public-keys.ts'
import { readStatementBytes, SignedStatement } from '@claviger/contract/signed-statement.ts'
import { AppError } from '../errors.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'

declare const checked: unique symbol

/** A device list that its user signed, and that differs from the one before as it should. Minted only here. */
export interface VerifiedDeviceList {
  readonly [checked]: true
  readonly userId: string
  readonly version: number
  readonly signed: SignedStatement
}

/** What is to become of the list: one more device, one less, or this one alone. */
export type DeviceListChange =
  | { kind: 'add'; device: ListedDevice }
  | { kind: 'remove'; deviceId: string }
  | { kind: 'replace'; device: ListedDevice }

/** A user whose list it is, and the enterprise's log that it is bound to. */
export interface ListOwner {
  readonly userId: string
  readonly enterprise: EnterpriseLogId
}

/**
 * Checks the next list of a user before the transaction that keeps it: signed with the account's key, one version on, and
 * changed in nothing but what is being done.
 * @throws AppError `conflict` where another list came first, `invalid_value` with the reason
 */
export async function verifyDeviceList(
  db: Db,
  owner: ListOwner,
  signed: SignedStatement,
  change: DeviceListChange,
): Promise<VerifiedDeviceList> {
  const account = await db
    .selectFrom('accounts')
    .select(['signing_key', 'device_list', 'device_list_version'])
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()
  if (!account) throw new AppError('not_found', 'This user has no account yet.')
  const list = readList(signed)
  const genuine = await isSignedBy(SigningKey.parse(account.signing_key), 'device-list', fromBase64url(signed.statement), signed.signature)
  if (!genuine || list.userId !== owner.userId || list.enterprise !== owner.enterprise) {
    throw new AppError('invalid_value', 'The device list is not signed by the user whose devices it names.')
  }
  if (list.version !== account.device_list_version + 1) throw overtaken()
  const before = account.device_list === null ? [] : readList(SignedStatement.parse(JSON.parse(account.device_list))).devices
  requireChange(before, list.devices, change)
  if (change.kind !== 'remove') await requireBinding(change.device)
  return { userId: owner.userId, version: list.version, signed } as unknown as VerifiedDeviceList
}

/** Keeps the list, if the one that it follows is still the newest. @throws AppError `conflict` where it is not */
export async function keepDeviceList(trx: Trx, { userId, version, signed }: VerifiedDeviceList, at: Millis): Promise<void> {
  const kept = await trx
    .updateTable('accounts')
    .set({ device_list: JSON.stringify(signed), device_list_version: version, updated_at: at })
    .where('user_id', '=', userId)
    .where('device_list_version', '=', version - 1)
    .returning('user_id')
    .execute()
  if (kept.length === 0) throw overtaken()
}

function requireChange(before: readonly ListedDevice[], after: readonly ListedDevice[], change: DeviceListChange) {
  const texts = after.map((device) => JSON.stringify(device)).toSorted()
  const expected = changed(before, change)
    .map((device) => JSON.stringify(device))
    .toSorted()
  if (texts.length === expected.length && texts.every((text, index) => text === expected[index])) return
  throw new AppError('invalid_value', 'The device list is not the one before with this change alone: read the list, and sign the next one.')
}

function changed(before: readonly ListedDevice[], change: DeviceListChange): readonly ListedDevice[] {
  switch (change.kind) {
    case 'add':
      return [...before, change.device]
    case 'remove':
      return before.filter(({ id }) => id !== change.deviceId)
    case 'replace':
      return [change.device]
  }
}

function readList(signed: SignedStatement): DeviceList {
  try {
    return readStatementBytes(DeviceList, signed, 'a device list')
  } catch (error) {
    throw error instanceof ContractError ? new AppError('invalid_value', error.message, { cause: error }) : error
  }
}

async function requireBinding({ id, signingKey, encryptionKey, keyBinding }: ListedDevice) {
  try {
    await requireKeyBinding(id, { signingKey, encryptionKey, keyBinding })
  } catch (error) {
    throw error instanceof ContractError ? new AppError('invalid_value', error.message, { cause: error }) : error
  }
}

function overtaken(): AppError {
  return new AppError('conflict', 'The list of devices was changed meanwhile: read it, and sign the next one.')
}
