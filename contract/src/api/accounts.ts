import { z } from 'zod'
import { ListedDevice } from '../device-list.ts'
import { HeldKeyWrap, SealedIdentity, UserRootWrap } from '../envelopes.ts'
import { DeviceId, EnterpriseLogId, NodeId, UserId } from '../ids.ts'
import { OpaqueMessage, RegistrationRequest, RegistrationResponse, SignInRequest, SignInResponse } from '../opaque.ts'
import { RecoveryHash } from '../recovery-proof.ts'
import { Millis, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { DeviceName } from './devices.ts'
import { route } from './route.ts'
import { PasskeyAssertion, PasskeyOptions, SecondFactorKind, TotpCode } from './second-factors.ts'
import { Done, SessionGiven } from './sessions.ts'

/** What follows `#` in the link of an invitation, or of a set-up. */
export const InvitationToken = z.string().min(1).max(200)
const EmailAddress = z.string().min(1).max(254)

/** Whom a link is for, and what of. `enterprise` is null until the first administrator has set up. */
export const InvitationShown = z.strictObject({
  purpose: z.enum(['join', 'setup']),
  userId: UserId,
  email: z.string(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  enterpriseName: z.string(),
  enterprise: EnterpriseLogId.nullable(),
  expiresAt: Millis,
})
export type InvitationShown = z.infer<typeof InvitationShown>

/** What a link is for. 404 where it is altered, expired or replaced, 409 where it was used, or the enterprise is not set up yet. */
export const readInvitation = route({
  method: 'POST',
  path: '/api/v1/invitations/read',
  asker: 'anyone',
  input: z.strictObject({ token: InvitationToken }),
  answer: InvitationShown,
})

/** The first step of OPAQUE's registration (RFC 9807 §5.1), for whoever has the link. Nothing is kept of it. */
export const startRegistration = route({
  method: 'POST',
  path: '/api/v1/registration/start',
  asker: 'anyone',
  input: z.strictObject({ token: InvitationToken, ...RegistrationRequest.shape }),
  answer: RegistrationResponse,
})

/** What a new account holds, whichever way its user signs in. */
export const newAccountFields = {
  identity: SealedIdentity,
  /** One for the device, one for the recovery code, one for the password where there is one. */
  wraps: z.array(UserRootWrap).min(2).max(3),
  recoveryHash: RecoveryHash,
  device: ListedDevice,
  deviceName: DeviceName,
  /** Version 1, with this device alone. */
  deviceList: SignedStatement,
}

/**
 * Makes the account, in one step: the link is used up, the user is active and signed in. To set up, the first entries of
 * the enterprise log come with it: the genesis, and at least the first approver key and recovery key with their wraps.
 */
export const finishRegistration = route({
  method: 'POST',
  path: '/api/v1/registration/finish',
  asker: 'anyone',
  input: z.strictObject({
    token: InvitationToken,
    registrationRecord: OpaqueMessage,
    ...newAccountFields,
    entries: z.array(SignedStatement).max(20),
    heldKeys: z.array(HeldKeyWrap).max(10),
  }),
  answer: SessionGiven,
})

/**
 * The first step of OPAQUE's sign-in (RFC 9807 §6). The answer for an address that nobody has, or who has not registered,
 * is made up, the same each time, and cannot be told from a real one.
 */
export const startSignIn = route({
  method: 'POST',
  path: '/api/v1/sign-in/start',
  asker: 'anyone',
  input: z.strictObject({ email: EmailAddress, ...SignInRequest.shape }),
  answer: z.strictObject({ signInId: z.string(), userId: UserId, enterprise: EnterpriseLogId, ...SignInResponse.shape }),
})

/** Where a second factor is wanted, `passkey` is what the browser shows a passkey for; null where there is none. */
export const SignInOutcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('signed-in'), session: SessionGiven }),
  z.strictObject({ kind: z.literal('second-factor'), factors: z.array(SecondFactorKind).min(1), passkey: PasskeyOptions.nullable() }),
])
export type SignInOutcome = z.infer<typeof SignInOutcome>

/** Proves the password. A sign-in can be finished once; `deviceId` is the user's own, if this device is known already. */
export const finishSignIn = route({
  method: 'POST',
  path: '/api/v1/sign-in/finish',
  asker: 'anyone',
  input: z.strictObject({ signInId: z.string().max(64), finishLoginRequest: OpaqueMessage, deviceId: DeviceId.nullable() }),
  answer: SignInOutcome,
})

/** The second step, where one is wanted. Five tries a sign-in. */
export const secondFactor = route({
  method: 'POST',
  path: '/api/v1/sign-in/second-factor',
  asker: 'anyone',
  input: z.strictObject({ signInId: z.string().max(64), totp: TotpCode.optional(), passkey: PasskeyAssertion.optional() }),
  answer: SessionGiven,
})

export const AdministratorRoleName = z.enum(['full', 'users-and-teams', 'approvals', 'read-only'])

/** Who is signed in, with everything that a device needs to open the account. */
export const Me = z.strictObject({
  userId: UserId,
  email: z.string(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  enterpriseId: z.string(),
  enterprise: EnterpriseLogId,
  enterpriseName: z.string(),
  nodeId: NodeId,
  roles: z.array(z.strictObject({ nodeId: NodeId, nodeName: z.string(), role: AdministratorRoleName })),
  identity: SealedIdentity,
  wraps: z.array(UserRootWrap),
  deviceList: SignedStatement.nullable(),
  /** 0 without a list. */
  deviceListVersion: wholeFrom(0),
  /** When this session's user last proved who they are. */
  provenAt: Millis,
  unseenNotices: wholeFrom(0),
})
export type Me = z.infer<typeof Me>

/** Who is signed in. */
export const me = route({ method: 'GET', path: '/api/v1/me', asker: 'user', input: z.object({}), answer: Me })

/** Ends the session that asks. */
export const signOut = route({ method: 'POST', path: '/api/v1/sign-out', asker: 'user', input: z.strictObject({}), answer: Done })
