import { z } from 'zod'
import type { EnterpriseLogId, UserId } from './ids.ts'
import { base64urlBetween } from './shape.ts'

/**
 * The identities that both sides bind into OPAQUE (RFC 9807 §3.2). The client's is the user's immutable id: an e-mail
 * address can change, and with it in here a renamed user could not sign in any more.
 */
export function opaqueIdentifiers(enterprise: EnterpriseLogId, userId: UserId): { client: string; server: string } {
  return { client: userId, server: enterprise }
}

/** One message of OPAQUE, in either direction. Its inside is the library's. */
export const OpaqueMessage = base64urlBetween(32, 2048)
export type OpaqueMessage = z.infer<typeof OpaqueMessage>

/** What a client sends to begin, and what it gets back. */
export const RegistrationRequest = z.strictObject({ registrationRequest: OpaqueMessage })
export const RegistrationResponse = z.strictObject({ registrationResponse: OpaqueMessage })
export const SignInRequest = z.strictObject({ startLoginRequest: OpaqueMessage })
export const SignInResponse = z.strictObject({ loginResponse: OpaqueMessage })
