import { z } from 'zod'
import { fromBase64url, readUtf8 } from './bytes.ts'
import { ContractError } from './errors.ts'
import { Signature } from './public-keys.ts'
import { base64urlBetween, readShape } from './shape.ts'

const MOST_BYTES = 32_768

/**
 * A statement exactly as it was signed. The bytes are JSON that its signer wrote once; they are stored and passed on as
 * they are, and parsed only to be read. Nobody writes them a second time, so there is no canonical form to agree on.
 */
export const SignedStatement = z.strictObject({ statement: base64urlBetween(2, MOST_BYTES), signature: Signature })
export type SignedStatement = z.infer<typeof SignedStatement>

/**
 * What the statement says. Says nothing of who signed it.
 * @throws ContractError `malformed`, also for JSON that says one thing in an unusual way: a name given twice would mean the
 * first to one reader and the last to another
 */
export function readStatementBytes<T>(shape: z.ZodType<T>, signed: SignedStatement, what: string): T {
  const text = readUtf8(fromBase64url(signed.statement))
  const value = parse(text, what)
  if (JSON.stringify(value) !== text) throw new ContractError('malformed', `The bytes of ${what} are not JSON in its plain form.`)
  return readShape(shape, value, what)
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ContractError('malformed', `The bytes of ${what} are not JSON.`)
  }
}
