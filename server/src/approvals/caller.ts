import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AutomatorRight } from '@claviger/contract/log/statement.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import { administeredNodes, nodesUnder } from '../nodes/rights.ts'
import type { Db } from '../storage/database.ts'

/** Who gives keys to others: somebody signed in, or an automator. */
export type ApprovingCaller = { readonly enterpriseId: string; readonly enterprise: EnterpriseLogId; readonly actor: string } & (
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'automator'; readonly automatorId: string }
)

/** What the enterprise's log says now. @throws AppError `unauthenticated` before its set-up */
export async function requireLog(db: Db, { enterpriseId }: ApprovingCaller): Promise<LogState> {
  const log = await currentLog(db, enterpriseId)
  if (log === null) throw new AppError('unauthenticated', 'This enterprise is not set up yet.')
  return log
}

/**
 * The nodes in which the caller approves without being a member: those that an administrator's role covers, or an
 * automator's scope, each with all under them. An automator needs one of these rights in the log. Empty for plain members.
 */
export async function approvedNodes(
  db: Db,
  caller: ApprovingCaller,
  log: LogState,
  oneOf: readonly AutomatorRight[],
): Promise<ReadonlySet<string>> {
  if (caller.kind === 'user') return new Set(await administeredNodes(db, caller.userId, 'approve'))
  const scope = automatorOf(log, caller.automatorId)?.scope
  if (!scope?.rights.some((right) => oneOf.includes(right))) return new Set()
  const roots = scope.nodes ?? (await rootNodes(db, caller.enterpriseId))
  return new Set(await nodesUnder(db, await ofEnterprise(db, caller.enterpriseId, roots)))
}

/** An automator as the log has it; undefined where it is not enrolled any more. */
export function automatorOf(log: LogState, automatorId: string) {
  for (const [id, automator] of log.automators) if (id === automatorId) return automator
  return undefined
}

/** The rights of an administrator in the log; none for who is no administrator there. */
export function logRightsOf(log: LogState, userId: string) {
  for (const [id, rights] of log.administrators) if (id === userId) return rights
  return []
}

async function rootNodes(db: Db, enterpriseId: string): Promise<string[]> {
  const rows = await db.selectFrom('nodes').select('id').where('enterprise_id', '=', enterpriseId).where('parent_id', 'is', null).execute()
  return rows.map(({ id }) => id)
}

async function ofEnterprise(db: Db, enterpriseId: string, nodeIds: readonly string[]): Promise<string[]> {
  if (nodeIds.length === 0) return []
  const rows = await db.selectFrom('nodes').select('id').where('enterprise_id', '=', enterpriseId).where('id', 'in', nodeIds).execute()
  return rows.map(({ id }) => id)
}
