import { base64nopad } from '@scure/base'
import type { RecordBody } from './record-types.ts'

/**
 * What tells records of one type apart in a list, where the person gave nothing: the last digits of a card, the fingerprint
 * of a key as OpenSSH writes it (SHA-256 of the blob of RFC 4253 §6.6), the name of an identity. Empty where there is none.
 */
export async function hintOf(body: RecordBody): Promise<string> {
  switch (body.type) {
    case 'card':
      return body.number.replaceAll(/\D/g, '').length < 8 ? '' : body.number.replaceAll(/\D/g, '').slice(-4)
    case 'ssh-key':
      return fingerprint(body.publicKey)
    case 'identity':
      return `${body.firstName} ${body.lastName}`.trim()
    case 'login':
    case 'note':
    case 'file':
      return ''
  }
}

async function fingerprint(publicKey: string): Promise<string> {
  const blob = /^\S+ ([\w+/]+)={0,2}(\s|$)/.exec(publicKey.trim())?.[1]
  if (blob === undefined) return ''
  try {
    return `SHA256:${base64nopad.encode(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(base64nopad.decode(blob)))))}`
  } catch {
    return ''
  }
}
