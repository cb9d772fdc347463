import { fromBase64url } from '../bytes.ts'
import { ContractError } from '../errors.ts'
import { EnterpriseLogId } from '../ids.ts'
import { isSignedBy, requireKeyBinding, type SigningKey } from '../public-keys.ts'
import { readShape } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { applyStatement } from './apply.ts'
import { hashEntry, type LogEntry, readEntry } from './entry.ts'
import { keyOfSigner, requirePermission } from './permit.ts'
import { type Draft, draftOf, type LogState } from './state.ts'
import { AdministratorRight, type Statement, type StatementBody } from './statement.ts'
import { requireHolder } from './team-key-holder.ts'

/**
 * What a whole enterprise log says, from its genesis on: every shape, place, signature and right checked. Whose genesis it
 * is, the caller must know (client/src/log/log-pin.ts).
 * @throws ContractError with the first refusal; nothing of a log that is refused anywhere is believed
 */
export async function verifyLog(entries: readonly LogEntry[]): Promise<LogState> {
  const [genesis, ...rest] = entries
  if (genesis === undefined) throw new ContractError('malformed', 'An enterprise log holds at least its genesis.')
  return extendLog(await readGenesis(genesis), rest)
}

/** What the log says with more entries after it. The state given stays as it is. @throws ContractError as `verifyLog` */
export async function extendLog(state: LogState, entries: readonly LogEntry[]): Promise<LogState> {
  const draft = draftOf(state)
  for (const entry of entries) await applyEntry(draft, entry)
  return draft as Draft & LogState
}

/** The first administrator is who signed the genesis, with every right. */
async function readGenesis(given: LogEntry): Promise<LogState> {
  const entry = readShape(SignedStatement, given, 'an entry of the enterprise log')
  const { enterprise, sequence, previous, signer, body } = readEntry(entry)
  if (enterprise !== null || previous !== null || sequence !== 0 || body.kind !== 'genesis') {
    throw new ContractError('broken_chain', 'The first entry of an enterprise log is its genesis.')
  }
  if (signer.kind !== 'administrator' || signer.id !== body.userId) {
    throw new ContractError('unknown_signer', 'The genesis is signed by the first administrator.')
  }
  await requireSignature(body.identity.signingKey, entry)
  await requireIdentity(body)
  const head = await hashEntry(entry)
  const { userId, email, identity } = body
  const draft: Draft = {
    enterprise: EnterpriseLogId.parse(head),
    length: 1,
    head,
    administrators: new Map([[userId, AdministratorRight.options]]),
    certificates: new Map([[userId, { userId, email, identity, evidence: { kind: 'genesis' } }]]),
    claims: new Map(),
    identityProviders: new Map(),
    policy: { autoApproval: 'verified-members', recovery: false },
    approverKeys: [],
    recoveryKeys: [],
    approverKeyDue: false,
    recoveryKeyDue: false,
    teamKeys: new Map(),
    teamKeyPublishers: new Map(),
    automators: new Map(),
    formerKeys: new Map(),
  }
  return draft as Draft & LogState
}

async function applyEntry(draft: Draft, given: LogEntry): Promise<void> {
  const entry = readShape(SignedStatement, given, 'an entry of the enterprise log')
  const statement = readEntry(entry)
  requirePlace(draft, statement)
  const signedBy = keyOfSigner(draft, statement)
  await requireSignature(signedBy, entry)
  requirePermission(draft, statement)
  await requireHolder(draft, statement)
  await requireIdentity(statement.body)
  applyStatement(draft, statement, signedBy)
  draft.head = await hashEntry(entry)
  draft.length += 1
}

function requirePlace(draft: Draft, { enterprise, sequence, previous }: Statement): void {
  if (enterprise !== draft.enterprise) throw new ContractError('wrong_enterprise', `Entry ${draft.length} was made for another enterprise.`)
  if (sequence !== draft.length || previous !== draft.head) {
    throw new ContractError('broken_chain', `Entry ${draft.length} does not follow the one before it.`)
  }
}

async function requireSignature(signer: SigningKey, entry: LogEntry): Promise<void> {
  if (await isSignedBy(signer, 'log-statement', fromBase64url(entry.statement), entry.signature)) return
  throw new ContractError('bad_signature', 'A statement of the enterprise log is not signed by whom it names.')
}

/** Who is brought into the log proves to hold the signing key. */
async function requireIdentity(body: StatementBody): Promise<void> {
  if (body.kind === 'genesis' || body.kind === 'user-certified') await requireKeyBinding(body.userId, body.identity)
  if (body.kind === 'automator-enrolled') await requireKeyBinding(body.automatorId, body.identity)
}
