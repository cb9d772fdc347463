import { createHash } from 'node:crypto'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** An Okta user id: `00u` and 17 letters or digits, always the same for the same e-mail address. */
export function oktaUserId(userName: string): string {
  return `00u${base62(digest('okta', userName), 17)}`
}

/** An Entra object id, always the same for the same person or group. */
export function entraObjectId(kind: 'user' | 'group', name: string): string {
  return uuid(digest(`entra ${kind}`, name))
}

/** A OneLogin user id: a number. Twelve digits, so that a hundred thousand people stay apart. */
export function oneLoginId(userName: string): string {
  const number = digest('onelogin', userName).readBigUInt64BE(0) % 900_000_000_000n
  return String(number + 100_000_000_000n)
}

/** A JumpCloud id: 24 hexadecimal digits. */
export function jumpCloudId(kind: 'user' | 'group', name: string): string {
  return digest(`jumpcloud ${kind}`, name).toString('hex').slice(0, 24)
}

/** An authentik user's uid: a SHA-256 in hexadecimal digits. */
export function authentikUid(userName: string): string {
  return digest('authentik', userName).toString('hex')
}

/** An authentik group's primary key. */
export function authentikGroupKey(name: string): string {
  return uuid(digest('authentik group', name))
}

/** The throw-away password that Okta puts into each create, used by nothing. */
export function placeholderPassword(userName: string): string {
  return base62(digest('password', userName), 8)
}

function digest(kind: string, name: string): Buffer {
  return createHash('sha256').update(`${kind}\n${name.toLowerCase()}`).digest()
}

function base62(bytes: Buffer, length: number): string {
  return Array.from(bytes.subarray(0, length), (byte) => BASE62.charAt(byte % BASE62.length)).join('')
}

function uuid(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
