import { associatedData, type Binding } from '@claviger/contract/associated-data.ts'
import { type Bytes, fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import { EncryptionKey, SigningKey } from '@claviger/contract/public-keys.ts'
import { HpkeSealed } from '@claviger/contract/sealed.ts'
import type { CryptoKey } from 'hpke'
import { ClientError } from '../errors.ts'
import { cannotOpen } from './aes.ts'
import { hpke } from './suite.ts'

const ENCAPSULATED_BYTES = 32

/** An X25519 key pair. Opening with a private key that cannot be exported takes the public one too, so they stay together. */
export interface EncryptionKeyPair {
  readonly algorithm: 'X25519'
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly public: EncryptionKey
}

/** An Ed25519 key pair. */
export interface SigningKeyPair {
  readonly algorithm: 'Ed25519'
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly public: SigningKey
}

/** `extractable` false: the private key can be used where it is and leave by no way. */
export async function makeEncryptionKeyPair(extractable: boolean): Promise<EncryptionKeyPair> {
  const { privateKey, publicKey } = await generate('X25519', extractable, ['deriveBits'])
  return { algorithm: 'X25519', privateKey, publicKey, public: EncryptionKey.parse(await publicText(publicKey)) }
}

/** As `makeEncryptionKeyPair`. */
export async function makeSigningKeyPair(extractable: boolean): Promise<SigningKeyPair> {
  const { privateKey, publicKey } = await generate('Ed25519', extractable, ['sign', 'verify'])
  return { algorithm: 'Ed25519', privateKey, publicKey, public: SigningKey.parse(await publicText(publicKey)) }
}

/** The private half in PKCS#8 (RFC 8410 §7), 48 bytes. @throws ClientError `not_exportable` */
export async function exportPrivateKey({ privateKey }: EncryptionKeyPair | SigningKeyPair): Promise<Bytes> {
  if (!privateKey.extractable) throw new ClientError('not_exportable', 'This key was made to stay on its device.')
  return new Uint8Array(await globalThis.crypto.subtle.exportKey('pkcs8', privateKey))
}

/** The key pair of a private half, refused unless it belongs to the public one. @throws ClientError `swapped_key` */
export async function importEncryptionKeyPair(pkcs8: Bytes, expected: EncryptionKey): Promise<EncryptionKeyPair> {
  const { privateKey, publicKey } = await importPair(pkcs8, expected, 'X25519')
  return { algorithm: 'X25519', privateKey, publicKey, public: expected }
}

/** As `importEncryptionKeyPair`. */
export async function importSigningKeyPair(pkcs8: Bytes, expected: SigningKey): Promise<SigningKeyPair> {
  const { privateKey, publicKey } = await importPair(pkcs8, expected, 'Ed25519')
  return { algorithm: 'Ed25519', privateKey, publicKey, public: expected }
}

/**
 * Seals for the holder of the private half (HPKE base mode). Says nothing of the sender: grants are signed for that.
 * @throws ClientError `unusable_key` for points of small order (RFC 9180 §7.1.4)
 */
export async function sealTo(recipient: EncryptionKey, plaintext: Bytes, binding: Binding): Promise<HpkeSealed> {
  const { encapsulatedSecret, ciphertext } = await encapsulate(fromBase64url(recipient), plaintext, associatedData(binding))
  const sealed = new Uint8Array(encapsulatedSecret.length + ciphertext.length)
  sealed.set(encapsulatedSecret)
  sealed.set(ciphertext, encapsulatedSecret.length)
  return HpkeSealed.parse(toBase64url(sealed))
}

/** The plaintext, if it was sealed to this pair and this binding. @throws ClientError `cannot_open` */
export async function openWith(pair: EncryptionKeyPair, sealed: HpkeSealed, binding: Binding): Promise<Bytes> {
  const bytes = fromBase64url(sealed)
  const [encapsulated, ciphertext] = [bytes.slice(0, ENCAPSULATED_BYTES), bytes.slice(ENCAPSULATED_BYTES)]
  try {
    return new Uint8Array(await hpke.Open(pair, encapsulated, ciphertext, { aad: associatedData(binding) }))
  } catch {
    throw cannotOpen(binding)
  }
}

async function encapsulate(recipient: Bytes, plaintext: Bytes, aad: Bytes) {
  try {
    return await hpke.Seal(await hpke.DeserializePublicKey(recipient), plaintext, { aad })
  } catch {
    throw new ClientError('unusable_key', 'Nothing can be sealed to this public key.')
  }
}

async function generate(name: 'X25519' | 'Ed25519', extractable: boolean, uses: ('deriveBits' | 'sign' | 'verify')[]) {
  const made = await globalThis.crypto.subtle.generateKey(name, extractable, uses)
  if ('type' in made) throw new TypeError(`${name} gave no key pair`)
  return made
}

async function importPair(pkcs8: Bytes, expected: string, name: 'X25519' | 'Ed25519') {
  const { subtle } = globalThis.crypto
  const uses: ('deriveBits' | 'sign')[] = name === 'X25519' ? ['deriveBits'] : ['sign']
  const privateKey = await importOrRefuse(subtle.importKey('pkcs8', pkcs8, { name }, true, uses))
  // A JWK of a private OKP key states the public half (RFC 8037 §2): computed from the private one, not believed.
  const { x } = await subtle.exportKey('jwk', privateKey)
  if (x !== expected) throw new ClientError('swapped_key', 'A private key does not belong to the public key beside it.')
  const publicKey = await subtle.importKey('raw', fromBase64url(expected), { name }, true, name === 'X25519' ? [] : ['verify'])
  return { privateKey, publicKey }
}

async function importOrRefuse(importing: Promise<CryptoKey>): Promise<CryptoKey> {
  try {
    return await importing
  } catch {
    throw new ClientError('swapped_key', 'What was opened is not a private key.')
  }
}

async function publicText(key: CryptoKey): Promise<string> {
  return toBase64url(new Uint8Array(await globalThis.crypto.subtle.exportKey('raw', key)))
}
