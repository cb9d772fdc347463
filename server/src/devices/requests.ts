import { ListedDevice } from '@claviger/contract/device-list.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { PublicIdentity, requireKeyBinding } from '@claviger/contract/public-keys.ts'
import { madeUpIdentity } from '../accounts/made-up-identity.ts'
import { madeUpUser } from '../accounts/made-up-user.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { hashToken } from '../sessions/sessions.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { textKey } from '../storage/text-key.ts'
import { write } from '../storage/write.ts'
import { newRequestSecret } from './request-secret.ts'

/** How long a device waits to be let in. */
const REQUEST_MILLIS: Millis = 15 * 60 * 1000
/** And how long it has to notice that it was. */
const PICK_UP_MILLIS: Millis = 60 * 60 * 1000

/** Who asks to be let in, as the device says. */
export interface NewRequest {
  readonly email: string
  readonly device: ListedDevice
  readonly name: string
}

/**
 * Keeps the request of a device for the user of this address. For an address that has no account, or a locked one, nothing
 * is kept, and the answer is made up in the same shape. @throws AppError `invalid_value` for keys that do not belong together
 */
export async function openRequest(db: Db, { email, device, name }: NewRequest, at: Millis) {
  await requireOwnKeys(device)
  const emailKey = textKey(email)
  const [user, madeUp] = [await findByAddress(db, emailKey), await madeUpUser(db, emailKey, at)]
  const userId = user?.userId ?? madeUp.userId
  const madeUpKeys = await madeUpIdentity(db, emailKey, userId)
  const expiresAt = at + REQUEST_MILLIS
  const [requestId, secret] = [newId(), await newRequestSecret(db, expiresAt)]
  const { enterprise, identity, isOpen, enterpriseId } = user ?? { ...madeUp, identity: null, isOpen: false, enterpriseId: '' }
  await write(db, async (trx) => {
    if (!isOpen) return
    await insertRequest(trx, { id: requestId, userId, device, name, secret, expiresAt }, at)
    const detail = { deviceId: device.id }
    await record(trx, {
      enterpriseId,
      at,
      actor: `user:${userId}`,
      action: 'device.requested',
      subjectKind: 'user',
      subjectId: userId,
      detail,
    })
    await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
  })
  return { requestId, secret, userId, enterprise, identity: identity ?? madeUpKeys, expiresAt }
}

/** A request that waits to be answered; with `userId`, only that user's. @throws AppError `not_found` */
export async function findWaiting(
  db: Db,
  requestId: string,
  at: Millis,
  userId?: string,
): Promise<{ userId: string; device: ListedDevice; name: string }> {
  const row = await db
    .selectFrom('device_requests')
    .select(['user_id', 'device', 'name'])
    .where('id', '=', requestId)
    .where('state', '=', 'pending')
    .where('expires_at', '>', at)
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
    .executeTakeFirst()
  if (!row) throw new AppError('not_found', 'Nothing waits under this request: it was answered, or took too long.')
  return { userId: row.user_id, device: ListedDevice.parse(JSON.parse(row.device)), name: row.name }
}

/**
 * Answers a request: of two who do at once, one decides. `decidedBy` is the actor, as the audit log names them.
 * @throws AppError `conflict` where it was answered, cancelled or took too long
 */
export async function decideRequest(
  trx: Trx,
  {
    requestId,
    userId,
    enterpriseId,
    decidedBy,
    state,
  }: { requestId: string; userId: string; enterpriseId: string; decidedBy: string; state: 'approved' | 'denied' },
  at: Millis,
): Promise<void> {
  const decided = await trx
    .updateTable('device_requests')
    .set({ state, decided_at: at, decided_by: decidedBy, ...(state === 'approved' && { expires_at: at + PICK_UP_MILLIS }) })
    .where('id', '=', requestId)
    .where('user_id', '=', userId)
    .where('state', '=', 'pending')
    .where('expires_at', '>', at)
    .returning('device_id')
    .execute()
  const [request] = decided
  if (!request) throw new AppError('conflict', 'This request was answered meanwhile, or took too long: ask again on the new device.')
  const detail = { userId, requestId }
  await record(trx, {
    enterpriseId,
    at,
    actor: decidedBy,
    action: `device.${state}`,
    subjectKind: 'device',
    subjectId: request.device_id,
    detail,
  })
  await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
}

/** Ends the requests of a user that wait, or were approved and not picked up. @returns how many */
export async function cancelRequests(trx: Trx, userId: string, at: Millis): Promise<number> {
  const cancelled = await trx
    .updateTable('device_requests')
    .set({ state: 'cancelled', decided_at: at })
    .where('user_id', '=', userId)
    .where('state', 'in', ['pending', 'approved'])
    .returning('id')
    .execute()
  return cancelled.length
}

/** Removes at most `limit` requests that were over before `before`. @returns how many */
export async function removeOldRequests(trx: Trx, before: Millis, limit: number): Promise<number> {
  const removed = await trx
    .deleteFrom('device_requests')
    .where('id', 'in', (eb) => eb.selectFrom('device_requests').select('id').where('expires_at', '<', before).limit(limit))
    .returning('id')
    .execute()
  return removed.length
}

async function insertRequest(
  trx: Trx,
  {
    id,
    userId,
    device,
    name,
    secret,
    expiresAt,
  }: { id: string; userId: string; device: ListedDevice; name: string; secret: string; expiresAt: Millis },
  at: Millis,
) {
  await trx
    .insertInto('device_requests')
    .values({
      id,
      user_id: userId,
      device_id: device.id,
      device: JSON.stringify(device),
      name,
      secret_hash: hashToken(secret),
      state: 'pending',
      created_at: at,
      expires_at: expiresAt,
      decided_at: null,
      decided_by: null,
    })
    .execute()
}

/** The user of an address in an enterprise that is set up, with the account's public keys if there is one. */
async function findByAddress(db: Db, emailKey: string) {
  const row = await db
    .selectFrom('users as u')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .leftJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'u.enterprise_id', 'u.status', 'e.log_id', 'a.signing_key', 'a.encryption_key', 'a.key_binding'])
    .where('u.email_key', '=', emailKey)
    .where('u.deleted_at', 'is', null)
    .where('e.log_id', 'is not', null)
    .executeTakeFirst()
  if (!row) return null
  const { signing_key: signingKey, encryption_key: encryptionKey, key_binding: keyBinding } = row
  const identity = signingKey === null ? null : PublicIdentity.parse({ signingKey, encryptionKey, keyBinding })
  return {
    userId: UserId.parse(row.id),
    enterpriseId: row.enterprise_id,
    enterprise: EnterpriseLogId.parse(row.log_id),
    identity,
    isOpen: identity !== null && row.status === 'active',
  }
}

async function requireOwnKeys({ id, signingKey, encryptionKey, keyBinding }: ListedDevice) {
  try {
    await requireKeyBinding(id, { signingKey, encryptionKey, keyBinding })
  } catch (error) {
    throw error instanceof ContractError ? new AppError('invalid_value', error.message, { cause: error }) : error
  }
}
