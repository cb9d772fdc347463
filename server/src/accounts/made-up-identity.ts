import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { EncryptionKey, keyBindingMessage, PublicIdentity, signedBytes } from '@claviger/contract/public-keys.ts'
import type { Db } from '../storage/database.ts'
import { loadSecret } from '../storage/secrets.ts'

/** What comes before the 32 bytes of a private key in PKCS#8 (RFC 8410 §7), and of a public key in SPKI. */
const PKCS8 = { ed25519: '302e020100300506032b657004220420', x25519: '302e020100300506032b656e04220420' } as const
const KEY_BYTES = 32

/**
 * Public keys for an address that has no account: always the same, well formed, and nobody uses the private ones. They
 * stand where a registered user's stand, so that the answer does not tell who is registered.
 */
export async function madeUpIdentity(db: Db, emailKey: string, userId: string): Promise<PublicIdentity> {
  const secret = await loadSecret(db, 'made-up-identities')
  const keyOf = (kind: keyof typeof PKCS8) => {
    const seed = createHmac('sha256', secret).update(`${kind}\0${emailKey}`).digest()
    return createPrivateKey({ key: Buffer.concat([Buffer.from(PKCS8[kind], 'hex'), seed]), format: 'der', type: 'pkcs8' })
  }
  const signing = keyOf('ed25519')
  const encryptionKey = EncryptionKey.parse(publicText(keyOf('x25519')))
  const keyBinding = sign(null, signedBytes('encryption-key', keyBindingMessage(userId, encryptionKey)), signing).toString('base64url')
  return PublicIdentity.parse({ signingKey: publicText(signing), encryptionKey, keyBinding })
}

function publicText(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES).toString('base64url')
}
