import { ContractError } from '@claviger/contract/errors.ts'
import { type LogEntry, readEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { Signer, StatementBody } from '@claviger/contract/log/statement.ts'
import { extendLog, verifyLog } from '@claviger/contract/log/verify.ts'
import { dropRecoveryWraps } from '../accounts/recovery-wrap.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { markAllTeamsDue } from '../teams/rotation-due.ts'
import { currentLog } from './state.ts'

declare const checked: unique symbol

/** Entries that every reader of the log will accept at this place. Minted only here. */
export interface VerifiedAppend {
  readonly [checked]: true
  readonly enterpriseId: string
  readonly entries: readonly LogEntry[]
  readonly bodies: readonly StatementBody[]
  /** The place of the first of them. */
  readonly from: number
  /** What the log says with them. */
  readonly state: LogState
}

/** Who appends: the entries must be signed by them. */
export type Appender =
  | { kind: 'user'; userId: string; enterpriseId: string }
  | { kind: 'automator'; automatorId: string; enterpriseId: string }

/**
 * Checks entries as every reader will, before the transaction that appends them.
 * @throws AppError `conflict` where the log has grown since they were stated, `invalid_value` or `forbidden` with the reason
 */
export async function verifyAppend(db: Db, by: Appender, entries: readonly LogEntry[]): Promise<VerifiedAppend> {
  const before = await currentLog(db, by.enterpriseId)
  const bodies = entries.map((entry) => statedBy(by, entry))
  const state = await refusing(() => (before === null ? verifyLog(entries) : extendLog(before, entries)))
  return { enterpriseId: by.enterpriseId, entries, bodies, from: before?.length ?? 0, state } as unknown as VerifiedAppend
}

/**
 * Appends in the caller's transaction. The key of the table decides between two who append at once.
 * @throws AppError `conflict` where the log has grown since it was verified
 */
export async function appendVerified(trx: Trx, append: VerifiedAppend, actor: string, at: Millis): Promise<void> {
  const { enterpriseId, entries, bodies, from } = append
  // Teams before the log, as a team's rotation does: whoever locks in another order deadlocks.
  if (bodies.some((body) => endsApprover(append.state, body))) await markAllTeamsDue(trx, enterpriseId)
  for (const [index, { statement, signature }] of entries.entries()) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('enterprise_log')
      .values({ enterprise_id: enterpriseId, sequence: from + index, statement, signature, at })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw grown()
  }
  if (!append.state.policy.recovery && bodies.some(({ kind }) => kind === 'policy-set')) await dropRecoveryWraps(trx, enterpriseId)
  const kinds = bodies.map(({ kind }) => kind)
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'log.appended',
    subjectKind: 'enterprise',
    subjectId: enterpriseId,
    detail: { from, kinds },
  })
  await announce(trx, { enterpriseId, kind: 'log', subjectId: enterpriseId, at })
}

/** Whether somebody who could open every team's key is an approver no more. Who is removed and added again only changes rights. */
function endsApprover({ administrators, automators }: LogState, body: StatementBody): boolean {
  if (body.kind === 'administrator-removed') return !administrators.has(body.userId)
  return body.kind === 'automator-removed' && !automators.has(body.automatorId)
}

/** What an entry says, if the caller signed it. Whether the signature is theirs, the verification checks. */
function statedBy(by: Appender, entry: LogEntry): StatementBody {
  const { signer, body } = readStatement(entry)
  const own =
    signer.kind === 'automator' ? by.kind === 'automator' && by.automatorId === signer.id : by.kind === 'user' && by.userId === signer.id
  if (!own) throw new AppError('forbidden', `Only the ${signer.kind} who signed a statement may append it.`)
  if (body.kind === 'user-certified' && body.evidence.kind === 'saml') {
    throw new AppError(
      'not_implemented',
      'This server cannot check responses of a directory yet, so it appends no certificate that stands on one.',
    )
  }
  return body
}

function readStatement(entry: LogEntry): { signer: Signer; body: StatementBody } {
  try {
    return readEntry(entry)
  } catch (error) {
    throw asRefusal(error)
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRefusal(error)
  }
}

/** A refusal by the contract in the server's words. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof ContractError)) return error
  if (error.code === 'broken_chain') return grown(error)
  const code = error.code === 'not_permitted' || error.code === 'unknown_signer' ? 'forbidden' : 'invalid_value'
  return new AppError(code, error.message, { cause: error })
}

function grown(cause?: unknown): AppError {
  return new AppError('conflict', 'The enterprise log has grown meanwhile: read what is new, then state it again.', { cause })
}
