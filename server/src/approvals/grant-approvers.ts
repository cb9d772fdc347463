import type { TeamKeyGrant } from '@claviger/contract/grant.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { type ApprovingCaller, approvedNodes } from './caller.ts'
import { type CheckedGrant, wrong } from './check-grants.ts'
import { holdTeams, teamsHeldBy } from './held-teams.ts'
import { keepApproverGrant, requireForApprovers } from './team-key-entry.ts'

/**
 * Keeps the newest keys of teams for the newest approver key: after it was renewed, approvers open them through it.
 * Teams that are gone, or have a newer key by now, are passed over. @returns how many were kept
 * @throws AppError `forbidden`, `invalid_value`, `conflict` while the approver key waits to be renewed
 */
export async function grantToApprovers(
  trx: Trx,
  caller: ApprovingCaller,
  log: LogState,
  grants: readonly CheckedGrant<TeamKeyGrant>[],
  at: Millis,
): Promise<number> {
  const teamIds = grants.map(({ said }) => said.teamId)
  if (new Set(teamIds).size !== teamIds.length) throw wrong('is one of two for the same team')
  const teams = await holdTeams(trx, caller.enterpriseId, teamIds)
  const nodes = await approvedNodes(trx, caller, log, ['teams', 'memberships'])
  const held = await teamsHeldBy(trx, caller, teamIds)
  const kept: string[] = []
  for (const grant of grants) {
    const team = teams.get(grant.said.teamId)
    if (team === undefined || team.keyEpoch !== grant.said.epoch) continue
    if (!nodes.has(team.nodeId) && !held.has(team.id)) {
      throw new AppError('forbidden', `You may not give the key of the team ${team.name} to the approvers: it takes one who has it.`)
    }
    requireForApprovers(grant, log, null)
    if (await keepApproverGrant(trx, grant, at)) kept.push(team.id)
  }
  const { enterpriseId, actor } = caller
  if (kept.length > 0) {
    const detail = { approverEpoch: log.approverKeys.length, teams: kept }
    await record(trx, {
      enterpriseId,
      at,
      actor,
      action: 'approvers.granted',
      subjectKind: 'enterprise',
      subjectId: enterpriseId,
      detail,
    })
  }
  return kept.length
}
