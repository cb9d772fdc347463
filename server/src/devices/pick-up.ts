import type { AdmissionState } from '@claviger/contract/api/admission.ts'
import { AppError } from '../errors.ts'
import { createSession, hashToken } from '../sessions/sessions.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { expiryOfSecret } from './request-secret.ts'

/**
 * What became of a request, for the device that made it; the first time that it is approved, with a session of the device.
 * @throws AppError `not_found` for a secret that was not given out here
 */
export async function pollRequest(db: Db, secret: string, where: { address: string; agent: string }, at: Millis): Promise<AdmissionState> {
  const givenUntil = await expiryOfSecret(db, secret)
  if (givenUntil === null) throw new AppError('not_found', 'This request is not of this server: ask to be let in again.')
  const request = await db
    .selectFrom('device_requests')
    .select(['user_id', 'state', 'expires_at'])
    .where('secret_hash', '=', hashToken(secret))
    .executeTakeFirst()
  const { user_id, state, expires_at } = request ?? { user_id: '', state: 'pending', expires_at: givenUntil }
  if (state === 'denied') return { state }
  if (expires_at <= at) return { state: 'over' }
  if (state === 'pending') return { state }
  const session = state === 'approved' ? await write(db, (trx) => takeApproved(trx, user_id, secret, where, at)) : null
  return session === null ? { state: 'over' } : { state: 'approved', session }
}

/**
 * Uses an approved request up. The session of a device that its user's own device let in has not proven who its user is:
 * what needs a fresh sign-in, it cannot do. An administrator's word is such a proof, for who lost every other.
 */
async function takeApproved(trx: Trx, userId: string, secret: string, where: { address: string; agent: string }, at: Millis) {
  const user = await trx
    .updateTable('users')
    // Writes nothing new, and so waits for whoever locks this user.
    .set((eb) => ({ version: eb.ref('version') }))
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .where('deleted_at', 'is', null)
    .returning('enterprise_id')
    .executeTakeFirst()
  if (!user) return null
  const taken = await trx
    .updateTable('device_requests')
    .set({ state: 'used' })
    .where('secret_hash', '=', hashToken(secret))
    .where('state', '=', 'approved')
    .where('expires_at', '>', at)
    .returning(['device_id', 'decided_by'])
    .executeTakeFirst()
  if (!taken || !(await isDeviceOf(trx, userId, taken.device_id))) return null
  const provenAt = taken.decided_by === `user:${userId}` ? { provenAt: 0 } : {}
  return createSession(trx, { userId, enterpriseId: user.enterprise_id, deviceId: taken.device_id, ...where, ...provenAt }, at)
}

/** One that was let in and removed again, before it noticed, is not. */
async function isDeviceOf(trx: Trx, userId: string, deviceId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('devices')
    .select('id')
    .where('id', '=', deviceId)
    .where('user_id', '=', userId)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
