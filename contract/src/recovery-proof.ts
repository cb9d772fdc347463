import { fromBase64url, sha256, toBase64url } from './bytes.ts'
import { base64urlOf } from './shape.ts'

/** What a recovery code shows to the server in its place: 32 bytes that are derived from the code and open nothing. */
export const RecoveryProof = base64urlOf(32)
/** What the server keeps of it, to know it again. */
export const RecoveryHash = base64urlOf(32)

/** The hash of a proof. The proof has 136 random bits behind it, so nothing has to be stretched. */
export async function recoveryHashOf(proof: string): Promise<string> {
  return toBase64url(await sha256(['claviger recovery proof', fromBase64url(proof)]))
}
