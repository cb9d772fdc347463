import { Secret, TOTP } from 'otpauth'
import type { Millis } from '../storage/database.ts'

/** What every authenticator app understands: SHA-1, six digits, 30 seconds (RFC 6238 §4; the others are optional there). */
const settings = { algorithm: 'SHA1', digits: 6, period: 30 } as const
/** Codes of the step before and after are taken: clocks differ, and people type slowly (RFC 6238 §5.2). */
const WINDOW = 1
const SECRET_BYTES = 20

/** A new shared secret in base32, and the same as a URI for a QR code that names installation and person. */
export function newTotp(issuer: string, email: string): { secret: string; uri: string } {
  const secret = new Secret({ size: SECRET_BYTES })
  return { secret: secret.base32, uri: new TOTP({ ...settings, issuer, label: email, secret }).toString() }
}

/** The time step whose code this is, around `at`; null where it is of none. A step is used once: the caller keeps the last. */
export function stepOfCode(secret: string, code: string, at: Millis): number | null {
  const delta = TOTP.validate({ ...settings, secret: Secret.fromBase32(secret), token: code, timestamp: at, window: WINDOW })
  return delta === null ? null : TOTP.counter({ period: settings.period, timestamp: at }) + delta
}
