import { grantMemberships, type WaitingMembership } from '@claviger/contract/api/approvals.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ApiError, call } from '../api/call.ts'
import { grantTeamKey } from '../keys/team-key.ts'
import type { Approver } from './approver.ts'
import type { Keyring } from './keyring.ts'
import { verifiedRecipient } from './recipient.ts'
import { type ApprovalReport, noKey, refusalOf } from './report.ts'

interface Admission {
  readonly waiting: WaitingMembership
  readonly grant: SignedStatement
}

/**
 * Gives the members who wait their team's key: each is verified against the log first, and whoever cannot be is reported and
 * waits on. `dryRun` verifies and sends nothing. At most 500 at once.
 */
export async function admitMembers(
  approver: Approver,
  keyring: Keyring,
  waiting: readonly WaitingMembership[],
  report: ApprovalReport,
  dryRun: boolean,
): Promise<void> {
  // The server may know of newer keys than the log that was read.
  if (waiting.some(({ teamId, teamEpoch }) => (approver.state.teamKeys.get(teamId)?.length ?? 0) < teamEpoch)) await approver.refresh()
  await keyring.expect(waiting.map(({ teamId }) => teamId))
  const made = await Promise.all(waiting.map((membership) => grantFor(approver, keyring, membership, report)))
  const admissions = made.filter((admission) => admission !== null)
  if (dryRun) return tell(report, admissions)
  if (admissions.length > 0) await submit(approver, admissions, report)
}

/** A grant for one member; null where it is refused, which is reported. */
async function grantFor(
  approver: Approver,
  keyring: Keyring,
  waiting: WaitingMembership,
  report: ApprovalReport,
): Promise<Admission | null> {
  const { teamId, teamName, teamEpoch, userId, email, identity } = waiting
  try {
    const to = await verifiedRecipient(approver, userId, identity)
    const key = await keyring.teamKey(teamId, teamEpoch)
    if (key !== null) return { waiting, grant: await grantTeamKey(approver.state, key, to, approver.granter, Date.now()) }
    report.skipped.push({ what: 'membership', teamId, teamName, userId, email, ...noKey })
  } catch (error) {
    report.skipped.push({ what: 'membership', teamId, teamName, userId, email, ...refusalOf(error) })
  }
  return null
}

async function submit(approver: Approver, admissions: readonly Admission[], report: ApprovalReport): Promise<void> {
  const byTeam = Map.groupBy(admissions, ({ waiting }) => waiting.teamId)
  try {
    const { results } = await call(approver.connection, grantMemberships, { grants: admissions.map(({ grant }) => grant) })
    const outcomes = new Map(results.map(({ teamId, userId, outcome }) => [`${teamId} ${userId}`, outcome]))
    for (const { waiting } of admissions) {
      const { teamId, teamName, userId, email } = waiting
      const outcome = outcomes.get(`${teamId} ${userId}`) ?? 'gone'
      if (outcome === 'approved' || outcome === 'renewed') tellOne(report, waiting)
      else report.skipped.push({ what: 'membership', teamId, teamName, userId, email, code: outcome, why: words[outcome] })
    }
  } catch (error) {
    // Whose right to one team ended meanwhile still serves the others.
    if (error instanceof ApiError && error.code === 'forbidden' && byTeam.size > 1) {
      for (const ofTeam of byTeam.values()) await submit(approver, ofTeam, report)
      return
    }
    const refusal = refusalOf(error)
    for (const { waiting } of admissions) {
      const { teamId, teamName, userId, email } = waiting
      report.skipped.push({ what: 'membership', teamId, teamName, userId, email, ...refusal })
    }
  }
}

const words = {
  already: 'Another approver was first.',
  gone: 'The membership, the user or the team is no more.',
  'not-ready': 'The user is locked, or has other keys by now.',
  'old-epoch': 'The team has a newer key by now: read what waits again.',
} as const

function tell(report: ApprovalReport, admissions: readonly Admission[]): void {
  for (const { waiting } of admissions) tellOne(report, waiting)
}

function tellOne(report: ApprovalReport, { teamId, teamName, userId, email, renewal }: WaitingMembership): void {
  const list = renewal ? report.renewed : report.approved
  list.push({ teamId, teamName, userId, email })
}
