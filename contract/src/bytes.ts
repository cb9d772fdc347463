import { base64urlnopad } from '@scure/base'
import { ContractError } from './errors.ts'

/** Bytes that WebCrypto takes in Node and in browsers alike: never over shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
/** A byte order mark is kept, because dropping it would let two byte strings stand for one text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text in UTF-8. @throws ContractError `malformed` for a lone surrogate, which would become the same bytes as U+FFFD */
export function utf8(text: string): Bytes {
  if (!text.isWellFormed()) throw new ContractError('malformed', 'A text holds half of a surrogate pair.')
  return encoder.encode(text)
}

/** The text that these bytes are in UTF-8. @throws ContractError `malformed` */
export function readUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new ContractError('malformed', 'These bytes are not UTF-8.')
  }
}

/**
 * The fields one after the other, each behind its length in bytes (32 bits, big endian): no two lists of fields give the
 * same bytes, which plain concatenation does not promise.
 */
export function lengthPrefixed(fields: readonly (string | Uint8Array)[]): Bytes {
  const parts = fields.map((field) => (typeof field === 'string' ? utf8(field) : field))
  const whole = new Uint8Array(parts.reduce((length, part) => length + 4 + part.length, 0))
  const view = new DataView(whole.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length)
    whole.set(part, at + 4)
    at += 4 + part.length
  }
  return whole
}

/** Base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes)
}

/** The bytes of a base64url text. @throws ContractError `malformed`, also where spare bits are set: each byte string has one text */
export function fromBase64url(text: string): Bytes {
  try {
    return new Uint8Array(base64urlnopad.decode(text))
  } catch {
    throw new ContractError('malformed', 'A text is not base64url without padding.')
  }
}

/** SHA-256 over the length-prefixed fields, 32 bytes. The first field is a label that no other use of the hash has. */
export async function sha256(fields: readonly [label: string, ...(string | Uint8Array)[]]): Promise<Bytes> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', lengthPrefixed(fields)))
}
