import { createHmac, timingSafeEqual } from 'node:crypto'

/** Sets this use of the key apart from any other that may come. */
const LABEL = 'claviger invitation 1\0'
/** A UUID in lower case and 32 bytes in base64url. */
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/

/**
 * The link that asks a user to create the account. Its token is not stored: it is made of the invitation's id and
 * `key`, the secret named `invitations` (32 bytes, storage/secrets.ts), so a copy of the tables alone opens no account.
 * It stands in the fragment, which no browser sends and no proxy logs.
 */
export function invitationLink(key: Buffer, publicUrl: string, invitationId: string): string {
  return linkTo('invite', key, publicUrl, invitationId)
}

/** The link that asks the first administrator to set the enterprise up; otherwise as `invitationLink`. */
export function setupLink(key: Buffer, publicUrl: string, invitationId: string): string {
  return linkTo('setup', key, publicUrl, invitationId)
}

/** The token alone, for who is on the page of the link already. */
export function invitationToken(key: Buffer, invitationId: string): string {
  return `${invitationId}.${macOf(key, invitationId)}`
}

/**
 * The invitation's id that a link's token (what follows `#`) proves, or null where this installation did not make the
 * token. Whether the invitation is still open is the store's to say: `findOpenInvitation`.
 */
export function readInvitationToken(key: Buffer, token: string): string | null {
  const [, id, mac] = TOKEN.exec(token) ?? []
  if (id === undefined || mac === undefined) return null
  // The texts are compared, not the bytes: the last character has spare bits, so two texts can stand for one MAC.
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(key, id))) ? id : null
}

function linkTo(page: 'invite' | 'setup', key: Buffer, publicUrl: string, invitationId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/${page}#${invitationToken(key, invitationId)}`
}

function macOf(key: Buffer, invitationId: string): string {
  return createHmac('sha256', key).update(LABEL).update(invitationId).digest('base64url')
}
