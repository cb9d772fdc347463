import { z } from 'zod'
import { ListedDevice } from '../device-list.ts'
import { UserRootWrap } from '../envelopes.ts'
import { EnterpriseLogId, UserId } from '../ids.ts'
import { PublicIdentity } from '../public-keys.ts'
import { Millis, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { DeviceName } from './devices.ts'
import { route } from './route.ts'
import { Done, SessionGiven } from './sessions.ts'

/** What only the device knows that asked to be let in: 40 bytes behind a prefix. */
export const AdmissionSecret = z.string().regex(/^cd_[\w-]{54}$/)

/**
 * A device that has no keys yet asks to be let into the account of this address. What comes back for an address that
 * nobody has is made up, the same each time. `identity`: the keys that the account is said to have. The safety words of
 * both sides are made of them and of the device's, so a server that gave others shows other words.
 */
export const requestAdmission = route({
  method: 'POST',
  path: '/api/v1/device-requests',
  asker: 'anyone',
  input: z.strictObject({ email: z.string().min(1).max(254), device: ListedDevice, name: DeviceName }),
  answer: z.strictObject({
    requestId: z.uuid(),
    secret: AdmissionSecret,
    userId: UserId,
    enterprise: EnterpriseLogId,
    identity: PublicIdentity,
    expiresAt: Millis,
  }),
})

/** What became of a request. `approved` is answered once, with the session; `over` where it was used, cancelled or took too long. */
export const AdmissionState = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('pending') }),
  z.strictObject({ state: z.literal('denied') }),
  z.strictObject({ state: z.literal('over') }),
  z.strictObject({ state: z.literal('approved'), session: SessionGiven }),
])
export type AdmissionState = z.infer<typeof AdmissionState>

/** Asks what became of it. */
export const pollAdmission = route({
  method: 'POST',
  path: '/api/v1/device-requests/poll',
  asker: 'anyone',
  input: z.strictObject({ secret: AdmissionSecret }),
  answer: AdmissionState,
})

/**
 * Lets a device in that waits for the caller's own word: `deviceList` is the list before and that device. 409 where the
 * list was changed meanwhile, or the request was answered.
 */
export const approveAdmission = route({
  method: 'POST',
  path: '/api/v1/device-requests/:requestId/approve',
  asker: 'user',
  input: z.strictObject({ requestId: z.uuid(), deviceList: SignedStatement, wrap: UserRootWrap }),
  answer: z.strictObject({ deviceListVersion: wholeFrom(1) }),
})

/** Turns a device away that waits for the caller's own word. */
export const denyAdmission = route({
  method: 'POST',
  path: '/api/v1/device-requests/:requestId/deny',
  asker: 'user',
  input: z.strictObject({ requestId: z.uuid() }),
  answer: Done,
})
