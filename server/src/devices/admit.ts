import type { ListedDevice } from '@claviger/contract/device-list.ts'
import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import { keepWrap } from '../accounts/wraps.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { keepDeviceList, type VerifiedDeviceList } from './device-list.ts'

/** A device that becomes one of its user's: the list that names it, and the user root for it. */
export interface Admission {
  readonly userId: string
  readonly enterpriseId: string
  readonly device: ListedDevice
  readonly name: string
  /** Verified for exactly this device. */
  readonly list: VerifiedDeviceList
  readonly wrap: UserRootWrap
  /** As the audit log names who let it in. */
  readonly actor: string
}

/**
 * Lets a device in: keeps the list, the device and its wrap, in the caller's transaction. Telling the user is the caller's.
 * @throws AppError `conflict` where another list came first or the device is known, `invalid_value` for another's wrap
 */
export async function admitDevice(trx: Trx, admission: Admission, at: Millis): Promise<void> {
  const { userId, enterpriseId, device, name, list, wrap, actor } = admission
  if (list.userId !== userId) throw new AppError('invalid_value', 'The device list is of another user.')
  if (wrap.way !== 'device' || wrap.deviceId !== device.id) {
    throw new AppError('invalid_value', 'The wrap of the user root is not for this device.')
  }
  await keepDeviceList(trx, list, at)
  await insertDevice(trx, userId, device, name, at)
  await keepWrap(trx, userId, wrap)
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'device.added',
    subjectKind: 'device',
    subjectId: device.id,
    detail: { userId, version: list.version },
  })
  await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
}

/** Keeps a device of a user, and nothing of how it got there. @throws AppError `conflict` for an id that is known */
export async function insertDevice(
  trx: Trx,
  userId: string,
  { id, signingKey, encryptionKey }: ListedDevice,
  name: string,
  at: Millis,
): Promise<void> {
  const inserted = await trx
    .insertInto('devices')
    .values({
      id,
      user_id: userId,
      name,
      signing_key: signingKey,
      encryption_key: encryptionKey,
      created_at: at,
      seen_at: at,
      removed_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  if (inserted.length === 0) throw new AppError('conflict', 'This device is known already: make the keys of a new one.')
}
