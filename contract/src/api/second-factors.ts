import { z } from 'zod'
import { base64urlBetween, Millis } from '../shape.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** Six digits that an authenticator app shows (RFC 6238). */
export const TotpCode = z.string().regex(/^\d{6}$/)

const CredentialId = base64urlBetween(16, 1023)
const credentialFields = { id: CredentialId, rawId: CredentialId, type: z.literal('public-key') }

/** What a browser gives for a new passkey (WebAuthn level 3 §5.1.8, RegistrationResponseJSON), as far as it is read. */
export const PasskeyAttestation = z.object({
  ...credentialFields,
  response: z.object({ clientDataJSON: base64urlBetween(2, 4096), attestationObject: base64urlBetween(2, 65_536) }),
})
export type PasskeyAttestation = z.infer<typeof PasskeyAttestation>

/** What a browser gives where a passkey is shown (AuthenticationResponseJSON), as far as it is read. */
export const PasskeyAssertion = z.object({
  ...credentialFields,
  response: z.object({
    clientDataJSON: base64urlBetween(2, 4096),
    authenticatorData: base64urlBetween(37, 4096),
    signature: base64urlBetween(8, 4096),
  }),
})
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>

/** What `navigator.credentials` is asked with, in its JSON form: handed to the browser as it is. */
export const PasskeyOptions = z.looseObject({ challenge: base64urlBetween(16, 64) })
export type PasskeyOptions = z.infer<typeof PasskeyOptions>

export const SecondFactorKind = z.enum(['totp', 'passkey'])
export type SecondFactorKind = z.infer<typeof SecondFactorKind>

/** How a second factor is shown: one of the two. */
export const SecondFactorAnswer = z.strictObject({ totp: TotpCode.optional(), passkey: PasskeyAssertion.optional() })
export type SecondFactorAnswer = z.infer<typeof SecondFactorAnswer>

const FactorId = z.uuid()
const FactorName = z.string().trim().min(1).max(100)

/** The second factors that the caller set up. */
export const listSecondFactors = route({
  method: 'GET',
  path: '/api/v1/me/second-factors',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({
    factors: z.array(
      z.strictObject({ factorId: FactorId, kind: SecondFactorKind, name: FactorName, createdAt: Millis, usedAt: Millis.nullable() }),
    ),
  }),
})

/** Begins to set up an authenticator app. Nothing changes until its first code confirms it, within ten minutes. */
export const startTotp = route({
  method: 'POST',
  path: '/api/v1/me/second-factors/totp',
  asker: 'fresh',
  input: z.strictObject({ name: FactorName }),
  /** `secret` in base32, to be typed; `uri` (`otpauth:`) to be scanned. */
  answer: z.strictObject({ factorId: FactorId, secret: z.string(), uri: z.string() }),
})

/** Begins to set up a passkey, as `startTotp`. */
export const startPasskey = route({
  method: 'POST',
  path: '/api/v1/me/second-factors/passkey',
  asker: 'fresh',
  input: z.strictObject({ name: FactorName }),
  answer: z.strictObject({ factorId: FactorId, options: PasskeyOptions }),
})

/** Ends the set-up of an authenticator app with its first code, of a passkey with what the browser made. From then on sign-ins ask for it. */
export const confirmSecondFactor = route({
  method: 'POST',
  path: '/api/v1/me/second-factors/:factorId/confirm',
  asker: 'fresh',
  input: z.strictObject({ factorId: FactorId, totp: TotpCode.optional(), passkey: PasskeyAttestation.optional() }),
  answer: Done,
})

/** Takes a second factor away; without any, the password is enough again. */
export const removeSecondFactor = route({
  method: 'POST',
  path: '/api/v1/me/second-factors/:factorId/remove',
  asker: 'fresh',
  input: z.strictObject({ factorId: FactorId }),
  answer: Done,
})
