import { z } from 'zod'
import { type Bytes, fromBase64url, lengthPrefixed } from './bytes.ts'
import { ContractError } from './errors.ts'
import { base64urlOf, SUITE } from './shape.ts'

/** An Ed25519 public key (RFC 8032), 32 bytes. */
export const SigningKey = base64urlOf(32).brand<'SigningKey'>()
export type SigningKey = z.infer<typeof SigningKey>
/** An X25519 public key (RFC 7748), 32 bytes. */
export const EncryptionKey = base64urlOf(32).brand<'EncryptionKey'>()
export type EncryptionKey = z.infer<typeof EncryptionKey>
/** An Ed25519 signature, 64 bytes. */
export const Signature = base64urlOf(64).brand<'Signature'>()
export type Signature = z.infer<typeof Signature>

/** What a signature is for. It is signed with the message, so a signature made for one use is none for another. */
export type SignatureUse = 'log-statement' | 'grant' | 'device-list' | 'encryption-key'

/** The public half of an identity, a device or an automator. `keyBinding` signs the holder's id and the encryption key. */
export const publicIdentityFields = { signingKey: SigningKey, encryptionKey: EncryptionKey, keyBinding: Signature }
export const PublicIdentity = z.strictObject(publicIdentityFields)
export type PublicIdentity = z.infer<typeof PublicIdentity>

/** The bytes that are signed for `message`: use, suite and message, length-prefixed. */
export function signedBytes(use: SignatureUse, message: Uint8Array): Bytes {
  return lengthPrefixed([`claviger signature ${use}`, SUITE, message])
}

/** The message under `keyBinding`. It holds the holder's id, so nobody can have another's key certified as their own. */
export function keyBindingMessage(holderId: string, encryptionKey: EncryptionKey): Bytes {
  return lengthPrefixed([holderId, fromBase64url(encryptionKey)])
}

/** Whether `signature` over `message` for this use is by `signer` (Ed25519, RFC 8032 §5.1.7). Keys that are no points sign nothing. */
export async function isSignedBy(signer: SigningKey, use: SignatureUse, message: Uint8Array, signature: Signature): Promise<boolean> {
  return (await signatureChecker(signer))(use, message, signature)
}

/** As `isSignedBy`, for many signatures by one signer. */
export async function signatureChecker(
  signer: SigningKey,
): Promise<(use: SignatureUse, message: Uint8Array, signature: Signature) => Promise<boolean>> {
  const { subtle } = globalThis.crypto
  const key = await subtle.importKey('raw', fromBase64url(signer), { name: 'Ed25519' }, false, ['verify']).catch(() => null)
  return async (use, message, signature) => {
    if (key === null) return false
    try {
      return await subtle.verify({ name: 'Ed25519' }, key, fromBase64url(signature), signedBytes(use, message))
    } catch {
      return false
    }
  }
}

/** Refuses a public identity whose encryption key its own signing key has not signed for this holder. @throws ContractError `bad_signature` */
export async function requireKeyBinding(holderId: string, identity: PublicIdentity): Promise<void> {
  const { signingKey, encryptionKey, keyBinding } = identity
  if (await isSignedBy(signingKey, 'encryption-key', keyBindingMessage(holderId, encryptionKey), keyBinding)) return
  throw new ContractError('bad_signature', `The encryption key of ${holderId} is not signed by the signing key beside it.`)
}
