import type { z } from 'zod'
import { base64urlBetween } from './shape.ts'

const NONCE = 12
const TAG = 16
const ENCAPSULATED = 32
/** Bodies of records are bounded by this; attachments are cut into chunks below it. */
const MOST_BYTES = 4 * 1024 * 1024

/** AES-256-GCM: 12 random bytes of nonce, ciphertext, 16 bytes of tag. */
export const AesSealed = base64urlBetween(NONCE + TAG, MOST_BYTES).brand<'AesSealed'>()
export type AesSealed = z.infer<typeof AesSealed>

/** HPKE base mode (RFC 9180 §5.1.1; X25519, HKDF-SHA256, AES-256-GCM): 32 bytes of encapsulated secret, ciphertext, 16 of tag. */
export const HpkeSealed = base64urlBetween(ENCAPSULATED + TAG, 4096).brand<'HpkeSealed'>()
export type HpkeSealed = z.infer<typeof HpkeSealed>
