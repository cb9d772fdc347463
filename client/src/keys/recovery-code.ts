import { type Bytes, lengthPrefixed, sha256, toBase64url } from '@claviger/contract/bytes.ts'
import { recoveryHashOf } from '@claviger/contract/recovery-proof.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { base32crockford } from '@scure/base'
import { ClientError } from '../errors.ts'
import { randomBytes, Secret } from './secret.ts'
import type { RecoveryCode } from './user-root.ts'

const SECRET_BYTES = 17
const CHECK_BYTES = 3
const GROUP = 4
const PROOF_BITS = 256

/** Makes a recovery code: 136 random bits, too many to guess, so nothing has to be stretched. */
export function makeRecoveryCode(): RecoveryCode {
  return new Secret('recovery-code', randomBytes(SECRET_BYTES))
}

/** The code as it is shown once: 8 groups of 4 letters and digits (Crockford's base 32), the last 24 bits a checksum. */
export async function writeRecoveryCode(code: RecoveryCode): Promise<string> {
  const bytes = code.reveal()
  const text = base32crockford.encode(new Uint8Array([...bytes, ...(await checksum(bytes))]))
  return (text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-')
}

/**
 * The code as somebody typed it: case, spaces and hyphens do not matter, nor O for 0 and I or L for 1.
 * @throws ClientError `wrong_recovery_code` for a slip; 1 slip in 16 million goes unnoticed and then opens nothing
 */
export async function readRecoveryCode(typed: string): Promise<RecoveryCode> {
  const bytes = decode(typed.replace(/[\s-]/g, ''))
  const secret = bytes.slice(0, SECRET_BYTES)
  const [check, expected] = [bytes.slice(SECRET_BYTES), await checksum(secret)]
  if (bytes.length !== SECRET_BYTES + CHECK_BYTES || check.some((byte, at) => byte !== expected[at])) throw slip()
  return new Secret('recovery-code', secret)
}

/**
 * What the code shows to the server in its place, 32 bytes in base64url (HKDF-SHA256, RFC 5869). Neither who it belongs to
 * nor the enterprise is known yet when it is needed, so they are not in it; the code is random, and another's never the same.
 */
export async function recoveryProof(code: RecoveryCode): Promise<string> {
  const { subtle } = globalThis.crypto
  const from = await subtle.importKey('raw', code.reveal(), 'HKDF', false, ['deriveBits'])
  const info = lengthPrefixed(['claviger recovery proof', SUITE])
  const bits = await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }, from, PROOF_BITS)
  return toBase64url(new Uint8Array(bits))
}

/** What the server is given at registration, to know the proof again: from it nobody finds the proof, nor the code. */
export async function recoveryHash(code: RecoveryCode): Promise<string> {
  return recoveryHashOf(await recoveryProof(code))
}

function decode(text: string): Bytes {
  try {
    return new Uint8Array(base32crockford.decode(text))
  } catch {
    throw slip()
  }
}

async function checksum(secret: Bytes): Promise<Bytes> {
  return (await sha256(['claviger recovery code', secret])).slice(0, CHECK_BYTES)
}

function slip(): ClientError {
  return new ClientError('wrong_recovery_code', 'This recovery code is mistyped: 8 groups of 4 letters and digits are expected.')
}
