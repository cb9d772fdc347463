import { z } from 'zod'
import { ListedDevice } from '../device-list.ts'
import { UserRootWrap } from '../envelopes.ts'
import { DeviceId } from '../ids.ts'
import { Millis, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** What its user calls a device. */
export const DeviceName = z.string().trim().min(1).max(100)

/** A device that waits for one that is in, or an administrator, to let it in. */
export const WaitingDevice = z.strictObject({
  requestId: z.uuid(),
  device: ListedDevice,
  name: DeviceName,
  createdAt: Millis,
  expiresAt: Millis,
})
export type WaitingDevice = z.infer<typeof WaitingDevice>

/** The caller's devices as the server has them, their sessions, and what asks to be admitted. The signed list says which are true. */
export const listDevices = route({
  method: 'GET',
  path: '/api/v1/me/devices',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({
    deviceList: SignedStatement.nullable(),
    deviceListVersion: wholeFrom(0),
    devices: z.array(z.strictObject({ deviceId: DeviceId, name: DeviceName, createdAt: Millis, seenAt: Millis })),
    sessions: z.array(
      z.strictObject({
        sessionId: z.uuid(),
        deviceId: DeviceId.nullable(),
        createdAt: Millis,
        usedAt: Millis,
        expiresAt: Millis,
        address: z.string(),
        agent: z.string(),
        /** The session that asks. */
        current: z.boolean(),
      }),
    ),
    requests: z.array(WaitingDevice),
  }),
})

/**
 * Adds the device that the caller sits at, whose session has none yet: after a sign-in with the password. `deviceList` is
 * the list before and this device, one version on. 409 where the list was changed meanwhile: read it, sign anew.
 */
export const addDevice = route({
  method: 'POST',
  path: '/api/v1/me/devices',
  asker: 'user',
  input: z.strictObject({ device: ListedDevice, name: DeviceName, deviceList: SignedStatement, wrap: UserRootWrap }),
  answer: z.strictObject({ deviceListVersion: wholeFrom(1) }),
})

/** Removes a device: its sessions end, and what it opened the account with is gone. `deviceList` is the list without it. */
export const removeDevice = route({
  method: 'POST',
  path: '/api/v1/me/devices/:deviceId/remove',
  asker: 'user',
  input: z.strictObject({ deviceId: DeviceId, deviceList: SignedStatement }),
  answer: z.strictObject({ deviceListVersion: wholeFrom(1) }),
})

/** Ends one of the caller's sessions. */
export const endSession = route({
  method: 'POST',
  path: '/api/v1/me/sessions/:sessionId/end',
  asker: 'user',
  input: z.strictObject({ sessionId: z.uuid() }),
  answer: Done,
})
