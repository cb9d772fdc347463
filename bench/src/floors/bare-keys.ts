import { diffieHellman, generateKeyPairSync } from 'node:crypto'

/** The cryptography of the suite without anything around it: one call of the platform for each step, and nothing bound, checked or encoded. */

const { subtle } = globalThis.crypto
const SEALED_BYTES = 48
const STATEMENT_BYTES = 800

/** What admitting one person cannot do without: an ephemeral X25519 key and its secret with theirs, HKDF, AES-GCM, and Ed25519. */
export async function bareGrants(): Promise<(times: number) => Promise<void>> {
  const [recipient, signing] = [await pair('X25519', ['deriveBits']), await pair('Ed25519', ['sign', 'verify'])]
  const [secret, statement, iv] = [new Uint8Array(SEALED_BYTES), new Uint8Array(STATEMENT_BYTES), new Uint8Array(12)]
  const one = async () => {
    const ephemeral = await pair('X25519', ['deriveBits'])
    const shared = await subtle.deriveBits({ name: 'X25519', public: recipient.publicKey }, ephemeral.privateKey, 256)
    const from = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new Uint8Array(0) }
    const key = await subtle.deriveKey(parameters, from, { name: 'AES-GCM', length: 256 }, false, ['encrypt'])
    await subtle.encrypt({ name: 'AES-GCM', iv }, key, secret)
    await subtle.sign({ name: 'Ed25519' }, signing.privateKey, statement)
  }
  return async (times) => {
    await Promise.all(Array.from({ length: times }, one))
  }
}

/**
 * What a server's half of an OPAQUE sign-in cannot do without (RFC 9807 §6): multiplying one point for the password's blinding
 * (§6.3.2.2), one for an ephemeral key, and three Diffie-Hellmans (§6.4.4). As X25519, the curve that the library's group is over.
 */
export function bareSignIns(): (times: number) => void {
  const [mine, theirs] = [generateKeyPairSync('x25519'), generateKeyPairSync('x25519')]
  return (times) => {
    for (let n = 0; n < times; n++) {
      generateKeyPairSync('x25519')
      for (let i = 0; i < 4; i++) diffieHellman({ privateKey: mine.privateKey, publicKey: theirs.publicKey })
    }
  }
}

async function pair(name: 'X25519' | 'Ed25519', uses: ('deriveBits' | 'sign' | 'verify')[]) {
  const made = await subtle.generateKey(name, false, uses)
  if ('type' in made) throw new TypeError(`${name} gave no key pair`)
  return made
}
