import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../errors.ts'
import { isArray, type JsonValue } from '../json-value.ts'

/** What cursors are made with. The same key on every server process, so that each can continue what another began. */
export interface CursorKey {
  /** At least 32 random bytes. */
  readonly secret: Uint8Array
  /** Milliseconds for which a cursor can be used. */
  readonly lifetime: number
}

const MAX_CURSOR = 4_096
const MAC_BYTES = 16

/**
 * Makes the cursor of the next page (RFC 9865 §2): a position, and when it was issued, under a MAC that holds for this
 * query alone (`queryFingerprint`). Only unreserved URI characters. `now` is in milliseconds.
 */
export function sealCursor(position: JsonValue, fingerprint: string, key: CursorKey, now: number): string {
  const payload = Buffer.from(JSON.stringify([now, position])).toString('base64url')
  return `${payload}.${mac(payload, fingerprint, key).toString('base64url')}`
}

/** The position in a cursor. Throws `invalid_cursor` where it was altered or comes from another query, `expired_cursor` where it is too old. */
export function openCursor(cursor: string, fingerprint: string, key: CursorKey, now: number): JsonValue {
  const dot = cursor.indexOf('.')
  const payload = cursor.slice(0, dot)
  if (dot === -1 || cursor.length > MAX_CURSOR) throw invalid()
  const given = Buffer.from(cursor.slice(dot + 1), 'base64url')
  const wanted = mac(payload, fingerprint, key)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || cursor.slice(dot + 1) !== wanted.toString('base64url'))
    throw invalid()
  const sealed: JsonValue = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const issued = isArray(sealed) ? sealed[0] : undefined
  const position = isArray(sealed) ? sealed[1] : undefined
  if (typeof issued !== 'number' || position === undefined) throw invalid()
  if (now - issued > key.lifetime) throw new AppError('expired_cursor', 'The cursor has expired: begin again with the first page.')
  return position
}

function mac(payload: string, fingerprint: string, key: CursorKey): Buffer {
  return createHmac('sha256', key.secret).update(`scim-cursor\n${payload}\n${fingerprint}`).digest().subarray(0, MAC_BYTES)
}

function invalid(): AppError {
  return new AppError('invalid_cursor', 'The cursor does not belong to this query, or was altered: begin again with the first page.')
}
