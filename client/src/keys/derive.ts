import { type Bytes, lengthPrefixed } from '@claviger/contract/bytes.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { CryptoKey } from 'hpke'
import { aesGcm } from './suite.ts'

/** What a derived key is for. Two purposes give keys that say nothing of each other. */
export type Purpose = 'root wrap by password' | 'root wrap by recovery code' | 'root wrap by passkey' | 'identity' | 'own folders'

/** An AES-256-GCM key of HKDF-SHA256 (RFC 5869) over a secret of at least 128 bits of entropy; the empty salt is §3.1's default. */
export async function deriveAesKey(secret: Bytes, purpose: Purpose, enterprise: EnterpriseLogId, userId: string): Promise<CryptoKey> {
  const { subtle } = globalThis.crypto
  const from = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const info = lengthPrefixed(['claviger derive', SUITE, purpose, enterprise, userId])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
  return subtle.deriveKey(parameters, from, aesGcm, false, ['encrypt', 'decrypt'])
}
