import { toBase64url } from '@claviger/contract/bytes.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { Signer, Statement, StatementBody } from '@claviger/contract/log/statement.ts'
import { extendLog, verifyLog } from '@claviger/contract/log/verify.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { Identity } from '../keys/identity.ts'
import type { SigningKeyPair } from '../keys/key-pair.ts'
import { randomBytes } from '../keys/secret.ts'
import { signStatement } from '../keys/sign.ts'

/** A new entry, and what the log says with it. */
export interface Stated {
  readonly entry: LogEntry
  readonly state: LogState
}

/** Founds an enterprise: its log's first entry, which names and is signed by the first administrator. `at`: milliseconds. */
export async function stateGenesis(first: Identity, email: string, at: number): Promise<Stated> {
  const body: StatementBody = { kind: 'genesis', nonce: toBase64url(randomBytes(32)), userId: first.userId, email, identity: first.public }
  const signer: Signer = { kind: 'administrator', id: first.userId }
  const statement: Statement = { suite: SUITE, enterprise: null, sequence: 0, previous: null, at, signer, body }
  const entry = await signStatement(first.signing, 'log-statement', statement)
  return { entry, state: await verifyLog([entry]) }
}

/** Who states something, and with which key. */
export interface Author {
  readonly signer: Signer
  readonly signing: SigningKeyPair
}

/** A user as administrator. */
export function asAdministrator({ userId, signing }: Identity): Author {
  return { signer: { kind: 'administrator', id: userId }, signing }
}

/** A user who certifies themselves by the directory's response. */
export function asThemselves({ userId, signing }: Identity): Author {
  return { signer: { kind: 'user', id: userId }, signing }
}

/** A member of a team who states its next key; what the log must know of that, findHeldBy (held-by.ts) gives. */
export function asMember({ userId, signing }: Pick<Identity, 'userId' | 'signing'>): Author {
  return { signer: { kind: 'user', id: userId }, signing }
}

/**
 * Signs the next entry after `state`. It is verified as every reader will verify it, so what comes out can be submitted.
 * Where another entry came first, the server answers so, and it is stated anew on the longer log. `at`: milliseconds.
 * @throws ContractError with the reason why readers would refuse it
 */
export async function stateNext(state: LogState, { signer, signing }: Author, body: StatementBody, at: number): Promise<Stated> {
  const statement: Statement = {
    suite: SUITE,
    enterprise: state.enterprise,
    sequence: state.length,
    previous: state.head,
    at,
    signer,
    body,
  }
  const entry = await signStatement(signing, 'log-statement', statement)
  return { entry, state: await extendLog(state, [entry]) }
}
