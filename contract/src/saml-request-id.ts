import { base16 } from '@scure/base'
import { fromBase64url, sha256 } from './bytes.ts'
import type { EnterpriseLogId, UserId } from './ids.ts'
import type { EncryptionKey, SigningKey } from './public-keys.ts'

/** What the directory's signed answer shall prove: that a person has these identity keys, or that a device with these keys is theirs. */
export type SamlPurpose = 'certify-identity' | 'admit-device'

/** What a SAML request id stands for. `nonce` is base64url of 32 random bytes. */
export interface SamlRequestBinding {
  readonly purpose: SamlPurpose
  readonly enterprise: EnterpriseLogId
  readonly userId: UserId
  readonly nonce: string
  readonly signingKey: SigningKey
  readonly encryptionKey: EncryptionKey
}

/**
 * The ID of an AuthnRequest: "_" and SHA-256(label ‖ nonce ‖ public keys) in hexadecimal. The directory's signed assertion
 * returns it as InResponseTo (SAML core §2.4.1.2), and so signs the keys without knowing of them. It begins with "_"
 * because an xs:ID must not begin with a digit; hexadecimal, because an xs:ID has no "+" or "/".
 */
export async function samlRequestId(binding: SamlRequestBinding): Promise<string> {
  const { purpose, enterprise, userId, nonce, signingKey, encryptionKey } = binding
  const keys = [fromBase64url(nonce), fromBase64url(signingKey), fromBase64url(encryptionKey)]
  return `_${base16.encode(await sha256([`claviger saml ${purpose}`, enterprise, userId, ...keys])).toLowerCase()}`
}
