import { Secret, TOTP, URI } from 'otpauth'
import { Totp } from './record-types.ts'

/** A code as an authenticator app shows it, and until when it counts, in milliseconds. */
export interface TotpCode {
  readonly code: string
  readonly until: number
}

/** The code at a moment, in milliseconds (RFC 6238). */
export function totpCode({ secret, algorithm, digits, period }: Totp, at: number = Date.now()): TotpCode {
  const made = new TOTP({ secret: Secret.fromBase32(secret), algorithm, digits, period })
  const millis = period * 1000
  return { code: made.generate({ timestamp: at }), until: (Math.floor(at / millis) + 1) * millis }
}

/**
 * What sites give to set an authenticator up: the secret in base32, in groups and of any case, or the whole `otpauth:` URI.
 * @returns null where it is neither, or of a kind that counts instead of telling the time
 */
export function readTotp(text: string): Totp | null {
  return text.trim().toLowerCase().startsWith('otpauth:') ? readUri(text.trim()) : read({ secret: plain(text) })
}

function readUri(uri: string): Totp | null {
  try {
    const parsed = URI.parse(uri)
    if (!(parsed instanceof TOTP)) return null
    const { secret, algorithm, digits, period } = parsed
    return read({ secret: plain(secret.base32), algorithm, digits, period })
  } catch {
    return null
  }
}

function read(fields: object): Totp | null {
  const totp = Totp.safeParse(fields)
  return totp.success ? totp.data : null
}

function plain(secret: string): string {
  return secret.replaceAll(/[\s-]|=+$/g, '').toUpperCase()
}
