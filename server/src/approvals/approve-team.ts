import { record } from '../audit/record.ts'
import { appendVerified, type VerifiedAppend } from '../enterprise-log/append.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { type ApprovingCaller, approvedNodes } from './caller.ts'
import type { CheckedGrant } from './check-grants.ts'
import { holdTeam } from './held-teams.ts'
import { keepApproverGrant, readTeamKeyEntry, requireForApprovers } from './team-key-entry.ts'

/**
 * Makes a pending team active (story 10): the log has its first key, the approvers hold it, and nobody else does yet.
 * @throws AppError `not_found`, `forbidden`, `conflict` where it has a key already, `invalid_value`
 */
export async function approveTeam(
  trx: Trx,
  caller: ApprovingCaller,
  { teamId, append, grant }: { teamId: string; append: VerifiedAppend; grant: CheckedGrant },
  at: Millis,
): Promise<void> {
  const key = readTeamKeyEntry(append, teamId)
  const team = await holdTeam(trx, caller.enterpriseId, teamId)
  if (!(await approvedNodes(trx, caller, append.state, ['teams'])).has(team.nodeId)) {
    throw new AppError('forbidden', `You may not approve the team ${team.name}: it takes an administrator of its node who may approve.`)
  }
  if (team.status !== 'pending' || key.epoch !== 1) {
    throw new AppError('conflict', `The team ${team.name} is approved already: read what waits for approval again.`)
  }
  requireForApprovers(grant, append.state, key)
  await appendVerified(trx, append, caller.actor, at)
  await trx.updateTable('teams').set({ status: 'active', key_epoch: 1, rotation_due: 0 }).where('id', '=', teamId).execute()
  await keepApproverGrant(trx, grant, at)
  const { enterpriseId, actor } = caller
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'team.approved',
    subjectKind: 'team',
    subjectId: teamId,
    detail: { name: team.name },
  })
  await announce(trx, { enterpriseId, kind: 'team', subjectId: teamId, at })
}
