import { approveWork } from '../approvals/approve.ts'
import type { ApprovalReport } from '../approvals/report.ts'
import { keepLooking } from '../changes/keep-looking.ts'
import { ClientError } from '../errors.ts'
import type { Automator } from './automator.ts'
import { fitsRule } from './rule.ts'

export interface RunOptions {
  readonly signal: AbortSignal
  /** After each look at what waits. */
  readonly onReport: (report: ApprovalReport) => void | Promise<void>
  /** A look that failed for a passing reason: the server is away or busy. */
  readonly onFailure: (error: Error) => void
}

/**
 * Does what waits, and goes on as changes come, until `signal` is aborted. A server that is away is waited for. Several
 * may run as one automator: whoever is second at something moves on.
 * @throws ClientError `log_forked`, `log_shortened`, `not_entitled`; ContractError; ApiError `unauthenticated` where it was
 * removed: whoever runs it must look
 */
export function runAutomator(automator: Automator, { onReport, ...options }: RunOptions): Promise<void> {
  return keepLooking(automator.connection, async () => onReport(await runOnce(automator)), options).catch(asRemoved)
}

/** Does what waits now; with `dryRun` says what that would be. @throws as `runAutomator`, ClientError `unreachable` */
export function runOnce(automator: Automator, { dryRun = false }: { dryRun?: boolean } = {}): Promise<ApprovalReport> {
  return approveWork(automator, { certify: ({ email }) => fitsRule(automator, email), dryRun })
}

/** An automator has no session that it could sign in to again. */
function asRemoved(error: unknown): never {
  if (!(error instanceof ClientError) || error.code !== 'signed_out') throw error
  throw new ClientError('not_entitled', 'The server lets this automator in no more: it was removed.', error)
}
