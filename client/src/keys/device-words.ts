import { fromBase64url, lengthPrefixed, utf8 } from '@claviger/contract/bytes.ts'
import type { DeviceId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { KnownKeys } from './identity.ts'
import type { RootOwner } from './root-owner.ts'
import { wordsOf } from './safety-words.ts'

/** Of PBKDF2: some tenths of a second for a person, once; for who searches for keys with the same words, each time. */
const ROUNDS = 250_000
const BITS = 128

/**
 * Six words that a new device and the device or person who lets it in both show: the same exactly where both see the same
 * account and the same new device. A server between the two could choose keys for either side, and so look for any pair that
 * gives equal words: 2^33 tries. Each costs PBKDF2-HMAC-SHA-512 (RFC 8018 §5.2), and the request is open for 15 minutes.
 */
export async function deviceWords(
  { enterprise, userId }: RootOwner,
  identity: KnownKeys,
  device: KnownKeys & { readonly id: DeviceId },
): Promise<string[]> {
  const { subtle } = globalThis.crypto
  const keys = [identity, device].flatMap(({ signingKey, encryptionKey }) => [fromBase64url(signingKey), fromBase64url(encryptionKey)])
  const compared = lengthPrefixed([SUITE, enterprise, userId, device.id, ...keys])
  const from = await subtle.importKey('raw', compared, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt: utf8('claviger device words'), iterations: ROUNDS }
  return wordsOf(new Uint8Array(await subtle.deriveBits(parameters, from, BITS)))
}
