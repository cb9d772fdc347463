import type { PasskeyAssertion, PasskeyAttestation, PasskeyOptions } from '@claviger/contract/api/second-factors.ts'
import { fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'

/** As a second factor a passkey proves that it is there; whether it also asked for a finger is its own matter. */
const userVerification = 'preferred'
/** EdDSA, ES256 and RS256 (RFC 9053): what authenticators have. */
const supportedAlgorithmIDs = [-8, -7, -257]

/** A passkey as it is kept. `publicKey` is COSE in base64url. */
export interface Passkey {
  readonly credentialId: string
  readonly publicKey: string
  /** 0 for passkeys that do not count, as those that are synchronised. */
  readonly counter: number
}

/** What a browser makes a new passkey from. `exclude` are the ids of those that the person has. */
export async function creationOptions(
  publicUrl: string,
  { userId, email, exclude }: { userId: string; email: string; exclude: readonly string[] },
): Promise<PasskeyOptions> {
  const options = await generateRegistrationOptions({
    rpName: 'Claviger',
    rpID: hostOf(publicUrl),
    userName: email,
    userID: new Uint8Array(Buffer.from(userId)),
    attestationType: 'none',
    excludeCredentials: exclude.map((id) => ({ id })),
    supportedAlgorithmIDs,
    authenticatorSelection: { residentKey: 'preferred', userVerification },
  })
  return { ...options }
}

/** What a browser shows one of these passkeys for. */
export async function requestOptions(publicUrl: string, credentialIds: readonly string[]): Promise<PasskeyOptions> {
  const allowCredentials = credentialIds.map((id) => ({ id }))
  return { ...(await generateAuthenticationOptions({ rpID: hostOf(publicUrl), allowCredentials, userVerification })) }
}

/** The passkey that a browser made for this challenge at this origin; null where it did not. */
export async function verifyAttestation(publicUrl: string, challenge: string, attestation: PasskeyAttestation): Promise<Passkey | null> {
  const verified = await verifying(() =>
    verifyRegistrationResponse({
      response: { ...attestation, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: publicUrl,
      expectedRPID: hostOf(publicUrl),
      supportedAlgorithmIDs,
      requireUserVerification: false,
    }),
  )
  if (!verified?.verified) return null
  const { id, publicKey, counter } = verified.registrationInfo.credential
  return { credentialId: id, publicKey: toBase64url(publicKey), counter }
}

/** The counter that the passkey now has, if it was shown for this challenge at this origin; else null. */
export async function verifyAssertion(
  publicUrl: string,
  challenge: string,
  { credentialId, publicKey, counter }: Passkey,
  assertion: PasskeyAssertion,
): Promise<number | null> {
  const verified = await verifying(() =>
    verifyAuthenticationResponse({
      response: { ...assertion, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: publicUrl,
      expectedRPID: hostOf(publicUrl),
      credential: { id: credentialId, publicKey: fromBase64url(publicKey), counter },
      requireUserVerification: false,
    }),
  )
  return verified?.verified ? verified.authenticationInfo.newCounter : null
}

/** The library throws for what does not verify, and knows no other way to say it. */
async function verifying<T>(verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify()
  } catch {
    return null
  }
}

function hostOf(publicUrl: string): string {
  return new URL(publicUrl).hostname
}
