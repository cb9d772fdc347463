import { z } from 'zod'
import { ListedDevice } from '../device-list.ts'
import { SealedIdentity, UserRootWrap } from '../envelopes.ts'
import { EnterpriseLogId, UserId } from '../ids.ts'
import { OpaqueMessage, RegistrationRequest, RegistrationResponse } from '../opaque.ts'
import { RecoveryHash, RecoveryProof } from '../recovery-proof.ts'
import { Millis, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'
import { PasskeyAssertion, PasskeyOptions, SecondFactorKind, TotpCode } from './second-factors.ts'
import { Done, SessionGiven } from './sessions.ts'

/** Wraps of a user root by one way in. */
export const wrapBy = <Way extends UserRootWrap['way']>(way: Way) =>
  UserRootWrap.refine((wrap): wrap is Extract<UserRootWrap, { way: Way }> => wrap.way === way)

/** What a recovery code shows of itself, and for whom. Who has none of the two right is answered alike. */
const proven = { email: z.string().min(1).max(254), proof: RecoveryProof }

/** One of the two. */
const shownFactor = { totp: TotpCode.optional(), passkey: PasskeyAssertion.optional() }

/** The keys of an account, as whoever opens it from outside gets them, with what the next device list continues. */
const sealedAccount = {
  userId: UserId,
  enterprise: EnterpriseLogId,
  identity: SealedIdentity,
  deviceList: SignedStatement.nullable(),
  /** 0 without a list. */
  deviceListVersion: wholeFrom(0),
}

/** Everything that a recovery code opens, and what the new password begins with. `ticket` ends the recovery, once, within ten minutes. */
const Opening = z.strictObject({
  kind: z.literal('opening'),
  ticket: z.string(),
  ...sealedAccount,
  wrap: wrapBy('recovery-code'),
  /** Of the password's wrap that the new one takes the place of; 0 where there is none. */
  passwordEpoch: wholeFrom(0),
  ...RegistrationResponse.shape,
})

/** The code takes the place of the password, not of the second factor: who has one is asked for it before anything is given out. */
export const RecoveryStarted = z.discriminatedUnion('kind', [
  Opening,
  z.strictObject({
    kind: z.literal('second-factor'),
    signInId: z.string(),
    factors: z.array(SecondFactorKind).min(1),
    passkey: PasskeyOptions.nullable(),
  }),
])
export type RecoveryStarted = z.infer<typeof RecoveryStarted>
export type RecoveryOpening = z.infer<typeof Opening>

/**
 * Begins a recovery by code. 401 for a wrong code, an address that nobody has and an account without a code, in the same
 * words; 403 for the right code of a locked account.
 */
export const startRecovery = route({
  method: 'POST',
  path: '/api/v1/recovery/start',
  asker: 'anyone',
  input: z.strictObject({ ...proven, ...RegistrationRequest.shape }),
  answer: RecoveryStarted,
})

/** The second factor of a recovery. Five tries. */
export const proveRecovery = route({
  method: 'POST',
  path: '/api/v1/recovery/second-factor',
  asker: 'anyone',
  input: z.strictObject({ ...proven, ...RegistrationRequest.shape, signInId: z.string().max(64), ...shownFactor }),
  answer: Opening,
})

/**
 * Ends a recovery: a new password and a new code; the old ones, and every session, are void. `deviceList` has the new device
 * on it and is one version newer. 409 where the account was recovered, or its devices changed, in the meantime.
 */
export const finishRecovery = route({
  method: 'POST',
  path: '/api/v1/recovery/finish',
  asker: 'anyone',
  input: z.strictObject({
    ticket: z.string().max(1000),
    registrationRecord: OpaqueMessage,
    passwordWrap: wrapBy('password'),
    codeWrap: wrapBy('recovery-code'),
    recoveryHash: RecoveryHash,
    device: ListedDevice,
    deviceName: z.string().trim().min(1).max(100),
    deviceWrap: wrapBy('device'),
    deviceList: SignedStatement,
  }),
  answer: SessionGiven,
})

/** Takes a new recovery code in place of the one before: its wrap is one epoch on. 409 where another one came first. */
export const renewRecoveryCode = route({
  method: 'PUT',
  path: '/api/v1/me/recovery-code',
  asker: 'fresh',
  input: z.strictObject({ wrap: wrapBy('recovery-code'), recoveryHash: RecoveryHash }),
  answer: Done,
})

/** Keeps the caller's root for the recovery key. 400 where the log's policy does not want it, or not for this epoch. */
export const putRecoveryWrap = route({
  method: 'PUT',
  path: '/api/v1/me/recovery-wrap',
  asker: 'user',
  input: z.strictObject({ wrap: wrapBy('recovery-key') }),
  answer: Done,
})

/** A new device of somebody in the caller's nodes, which waits to be admitted. */
export const RecoveryRequest = z.strictObject({
  requestId: z.string(),
  userId: UserId,
  email: z.string(),
  device: ListedDevice,
  deviceName: z.string(),
  createdAt: Millis,
  expiresAt: Millis,
  /** Whether the user's root is kept for the recovery key: without that nobody can recover it. */
  recoverable: z.boolean(),
})
export type RecoveryRequest = z.infer<typeof RecoveryRequest>

/** The devices that wait in the nodes of which the caller is full administrator, oldest first, at most 200. */
export const listRecoveryRequests = route({
  method: 'GET',
  path: '/api/v1/recovery/requests',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({ requests: z.array(RecoveryRequest) }),
})

/**
 * What the recovery key opens of the user whose device waits. For full administrators whom the log gives the right to
 * recover; the user is told.
 */
export const openForRecovery = route({
  method: 'POST',
  path: '/api/v1/recovery/requests/:requestId/open',
  asker: 'fresh',
  input: z.strictObject({ requestId: z.string().max(64) }),
  answer: z.strictObject({ ...sealedAccount, wrap: wrapBy('recovery-key') }),
})

/** Admits the device: the user's next device list with it, and their root for it. The caller opened both by the recovery key. */
export const admitByRecovery = route({
  method: 'POST',
  path: '/api/v1/recovery/requests/:requestId/admit',
  asker: 'fresh',
  input: z.strictObject({ requestId: z.string().max(64), deviceList: SignedStatement, wrap: wrapBy('device') }),
  answer: Done,
})
