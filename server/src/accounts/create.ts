import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import type { CheckedAccount } from './new-account.ts'
import { keepWrap } from './wraps.ts'

/**
 * Makes the account of an invited user, who is active from then on: keys, ways in and the first device. The user's row
 * decides between two who register at once. What a directory reads of the user stays as it is, its version too.
 * @throws AppError `conflict` where the user has registered already, is locked or deleted
 */
export async function createAccount(trx: Trx, account: CheckedAccount, at: Millis): Promise<void> {
  const { userId, enterpriseId, wraps } = account
  const user = await trx
    .updateTable('users')
    .set({ status: 'active', registered_at: at })
    .where('id', '=', userId)
    .where('enterprise_id', '=', enterpriseId)
    .where('status', '=', 'invited')
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!user) throw new AppError('conflict', 'This account exists already, or is locked: sign in, or ask your administrator.')
  await insertAccount(trx, account, at)
  await insertDevice(trx, account, at)
  for (const wrap of wraps) await keepWrap(trx, userId, wrap)
  await record(trx, { enterpriseId, at, actor: `user:${userId}`, action: 'user.registered', subjectKind: 'user', subjectId: userId })
  await announce(trx, { enterpriseId, kind: 'user', subjectId: userId, at })
}

async function insertAccount(trx: Trx, { userId, identity, opaqueRecord, recoveryHash, deviceList }: CheckedAccount, at: Millis) {
  const { signingKey, encryptionKey, keyBinding } = identity
  await trx
    .insertInto('accounts')
    .values({
      user_id: userId,
      signing_key: signingKey,
      encryption_key: encryptionKey,
      key_binding: keyBinding,
      identity: JSON.stringify(identity),
      opaque_record: opaqueRecord,
      recovery_hash: recoveryHash,
      device_list: JSON.stringify(deviceList),
      device_list_version: 1,
      created_at: at,
      updated_at: at,
    })
    .execute()
}

async function insertDevice(trx: Trx, { userId, device, deviceName }: CheckedAccount, at: Millis) {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('devices')
    .values({
      id: device.id,
      user_id: userId,
      name: deviceName,
      signing_key: device.signingKey,
      encryption_key: device.encryptionKey,
      created_at: at,
      seen_at: at,
      removed_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new AppError('conflict', 'These keys belong to a device of another account: make new ones.')
}
