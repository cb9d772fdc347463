import { grantToApprovers, MOST_AT_ONCE, type WaitingApprovers } from '@claviger/contract/api/approvals.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { call } from '../api/call.ts'
import { currentApproverKey } from '../keys/recipients.ts'
import { grantTeamKey } from '../keys/team-key.ts'
import type { Approver } from './approver.ts'
import type { Keyring } from './keyring.ts'
import { type ApprovalReport, noKey, refusalOf } from './report.ts'

/** Gives the newest keys of teams to the newest approver key, after it was renewed. */
export async function giveToApprovers(
  approver: Approver,
  keyring: Keyring,
  waiting: readonly WaitingApprovers[],
  report: ApprovalReport,
): Promise<void> {
  await keyring.expect(waiting.map(({ teamId }) => teamId))
  for (let from = 0; from < waiting.length; from += MOST_AT_ONCE) {
    const teams = waiting.slice(from, from + MOST_AT_ONCE)
    const made = await Promise.all(teams.map((team) => grantFor(approver, keyring, team, report)))
    const grants = made.filter((grant) => grant !== null)
    try {
      if (grants.length > 0) await call(approver.connection, grantToApprovers, { grants })
    } catch (error) {
      const refusal = refusalOf(error)
      report.skipped.push(...teams.map(({ teamId }) => ({ what: 'approvers' as const, teamId, ...refusal })))
    }
  }
}

async function grantFor(
  { state, granter }: Approver,
  keyring: Keyring,
  { teamId, teamEpoch }: WaitingApprovers,
  report: ApprovalReport,
): Promise<SignedStatement | null> {
  try {
    const key = await keyring.teamKey(teamId, teamEpoch)
    if (key !== null) return await grantTeamKey(state, key, currentApproverKey(state), granter, Date.now())
    report.skipped.push({ what: 'approvers', teamId, ...noKey })
  } catch (error) {
    report.skipped.push({ what: 'approvers', teamId, ...refusalOf(error) })
  }
  return null
}
