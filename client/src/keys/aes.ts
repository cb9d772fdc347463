import { associatedData, type Binding } from '@claviger/contract/associated-data.ts'
import { type Bytes, fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import type { CryptoKey } from 'hpke'
import { ClientError } from '../errors.ts'
import { randomBytes } from './secret.ts'
import { aesGcm, NONCE_BYTES } from './suite.ts'

/** An AES-256-GCM key of these 32 bytes. It cannot be exported: who must wrap it keeps the bytes. */
export function importAesKey(bytes: Bytes): Promise<CryptoKey> {
  return globalThis.crypto.subtle.importKey('raw', bytes, aesGcm.name, false, ['encrypt', 'decrypt'])
}

/** The plaintext under the key, bound to everything that `binding` names. */
export async function sealAes(key: CryptoKey, plaintext: Bytes, binding: Binding): Promise<AesSealed> {
  const iv = randomBytes(NONCE_BYTES)
  const parameters = { name: aesGcm.name, iv, additionalData: associatedData(binding) }
  const ciphertext = await globalThis.crypto.subtle.encrypt(parameters, key, plaintext)
  const sealed = new Uint8Array(iv.length + ciphertext.byteLength)
  sealed.set(iv)
  sealed.set(new Uint8Array(ciphertext), iv.length)
  return AesSealed.parse(toBase64url(sealed))
}

/** The plaintext, if it was sealed with this key and this binding. @throws ClientError `cannot_open` */
export async function openAes(key: CryptoKey, sealed: AesSealed, binding: Binding): Promise<Bytes> {
  const bytes = fromBase64url(sealed)
  const parameters = { name: aesGcm.name, iv: bytes.subarray(0, NONCE_BYTES), additionalData: associatedData(binding) }
  try {
    return new Uint8Array(await globalThis.crypto.subtle.decrypt(parameters, key, bytes.subarray(NONCE_BYTES)))
  } catch {
    throw cannotOpen(binding)
  }
}

/** The refusal of whatever does not open: why it does not, nobody can tell. */
export function cannotOpen({ label, object }: Binding): ClientError {
  return new ClientError(
    'cannot_open',
    `The ${label} of ${object.type} ${object.id} does not open with this key as what it is given out to be.`,
  )
}
