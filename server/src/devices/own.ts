import type { listDevices } from '@claviger/contract/api/devices.ts'
import { ListedDevice } from '@claviger/contract/device-list.ts'
import { DeviceId } from '@claviger/contract/ids.ts'
import type { z } from 'zod'
import { findAccount } from '../accounts/find.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { endSessions } from '../sessions/sessions.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { keepDeviceList, type VerifiedDeviceList } from './device-list.ts'

/** Whose devices, and from which session it is asked. */
export interface DeviceOwner {
  readonly userId: string
  readonly enterpriseId: string
  readonly sessionId: string
}

/** A user's devices, open sessions, and the devices that wait to be let in. */
export async function ownDevices(db: Db, { userId, sessionId }: DeviceOwner, at: Millis): Promise<z.infer<typeof listDevices.answer>> {
  const account = await findAccount(db, userId)
  const [devices, sessions, requests] = await Promise.all([
    devicesOf(db, userId),
    sessionsOf(db, userId, at),
    waitingDevices(db, userId, at),
  ])
  return {
    deviceList: account?.deviceList ?? null,
    deviceListVersion: account?.deviceListVersion ?? 0,
    devices,
    sessions: sessions.map((session) => ({ ...session, current: session.sessionId === sessionId })),
    requests,
  }
}

/** The devices that wait for this user's word, oldest first. */
export async function waitingDevices(db: Db, userId: string, at: Millis) {
  const rows = await db
    .selectFrom('device_requests')
    .select(['id', 'device', 'name', 'created_at', 'expires_at'])
    .where('user_id', '=', userId)
    .where('state', '=', 'pending')
    .where('expires_at', '>', at)
    .orderBy('id')
    .execute()
  return rows.map(({ id, device, name, created_at, expires_at }) => ({
    requestId: id,
    device: ListedDevice.parse(JSON.parse(device)),
    name,
    createdAt: created_at,
    expiresAt: expires_at,
  }))
}

/**
 * Removes a device in one step: it is off the list, its sessions end, and its wrap of the user root is gone.
 * @param list verified for this removal
 * @throws AppError `not_found` where it is no device of this user, `conflict` where another list came first
 */
export async function removeOwnDevice(trx: Trx, owner: DeviceOwner, deviceId: string, list: VerifiedDeviceList, at: Millis): Promise<void> {
  const { userId, enterpriseId } = owner
  await keepDeviceList(trx, list, at)
  const removed = await trx
    .updateTable('devices')
    .set({ removed_at: at })
    .where('id', '=', deviceId)
    .where('user_id', '=', userId)
    .where('removed_at', 'is', null)
    .returning('id')
    .execute()
  if (removed.length === 0) throw new AppError('not_found', 'This device is not one of yours, or was removed already.')
  await trx.deleteFrom('root_wraps').where('user_id', '=', userId).where('way', '=', 'device').where('holder', '=', deviceId).execute()
  const sessions = await endSessions(trx, owner, at, { deviceId })
  await record(trx, {
    enterpriseId,
    at,
    actor: `user:${userId}`,
    action: 'device.removed',
    subjectKind: 'device',
    subjectId: deviceId,
    detail: { userId, version: list.version, sessions },
  })
  await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
}

/** Ends one session of this user. @throws AppError `not_found` where it is over, or another's */
export async function endOwnSession(trx: Trx, owner: DeviceOwner, sessionId: string, at: Millis): Promise<void> {
  const { userId, enterpriseId } = owner
  const ended = await endSessions(trx, owner, at, { sessionId })
  if (ended === 0) throw new AppError('not_found', 'This session is over already, or is not one of yours.')
  await record(trx, { enterpriseId, at, actor: `user:${userId}`, action: 'session.ended', subjectKind: 'session', subjectId: sessionId })
}

/** Gives a session that has no device the one that its user sits at. @throws AppError `conflict` where it has one */
export async function giveSessionDevice(trx: Trx, { userId, sessionId }: DeviceOwner, deviceId: string): Promise<void> {
  const given = await trx
    .updateTable('sessions')
    .set({ device_id: deviceId })
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .where('device_id', 'is', null)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  if (given.length === 0)
    throw new AppError('conflict', 'This session has a device already: sign in on the other device, or let it in from here.')
}

async function devicesOf(db: Db, userId: string) {
  const rows = await db
    .selectFrom('devices')
    .select(['id', 'name', 'created_at', 'seen_at'])
    .where('user_id', '=', userId)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id, name, created_at, seen_at }) => ({ deviceId: DeviceId.parse(id), name, createdAt: created_at, seenAt: seen_at }))
}

async function sessionsOf(db: Db, userId: string, at: Millis) {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'device_id', 'created_at', 'used_at', 'expires_at', 'address', 'agent'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('id')
    .execute()
  return rows.map(({ id, device_id, created_at, used_at, expires_at, address, agent }) => ({
    sessionId: id,
    deviceId: device_id === null ? null : DeviceId.parse(device_id),
    createdAt: created_at,
    usedAt: used_at,
    expiresAt: expires_at,
    address,
    agent,
  }))
}
