import { fromBase64url, sha256 } from '@claviger/contract/bytes.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { ClientError } from '../errors.ts'

const WORDS = 6
const BITS_A_WORD = 11

/** Whose keys are compared. */
export interface Compared {
  readonly userId: string
  readonly keys: Pick<PublicIdentity, 'signingKey' | 'encryptionKey'>
}

/**
 * Six words that two people read to each other: the same on both sides exactly where both see the same two pairs of keys.
 * 66 bits of a SHA-256, from the 2048 English words of BIP-39: keys that give the same words as somebody else's take about
 * 2^66 tries to find. The order of the two does not matter.
 */
export async function safetyWords(enterprise: EnterpriseLogId, a: Compared, b: Compared): Promise<string[]> {
  const [first, second] = a.userId < b.userId ? [a, b] : [b, a]
  if (first.userId === second.userId) throw new ClientError('uncertified', 'Safety words compare two people.')
  const hash = await sha256(['claviger safety words', enterprise, ...fieldsOf(first), ...fieldsOf(second)])
  return wordsOf(hash)
}

/** The first 66 bits of at least nine bytes, as words. */
export function wordsOf(bytes: Uint8Array): string[] {
  const bits = bytes.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n)
  const last = BigInt(bytes.length * 8)
  return Array.from({ length: WORDS }, (_, at) => {
    const shift = last - BigInt((at + 1) * BITS_A_WORD)
    return wordlist[Number((bits >> shift) & 2047n)] ?? ''
  })
}

function fieldsOf({ userId, keys }: Compared) {
  return [userId, fromBase64url(keys.signingKey), fromBase64url(keys.encryptionKey)]
}
