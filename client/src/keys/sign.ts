import { fromBase64url, toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import { Signature, type SignatureUse, signedBytes } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { SigningKeyPair } from './key-pair.ts'

/** Ed25519 (RFC 8032) over the message and what the signature is for. */
export async function sign({ privateKey }: SigningKeyPair, use: SignatureUse, message: Uint8Array): Promise<Signature> {
  const signature = await globalThis.crypto.subtle.sign({ name: 'Ed25519' }, privateKey, signedBytes(use, message))
  return Signature.parse(toBase64url(new Uint8Array(signature)))
}

/** Writes a value as JSON, once, and signs these bytes. */
export async function signStatement(pair: SigningKeyPair, use: SignatureUse, value: object): Promise<SignedStatement> {
  const statement = toBase64url(utf8(JSON.stringify(value)))
  return { statement, signature: await sign(pair, use, fromBase64url(statement)) }
}
