import { record } from '../audit/record.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx } from '../storage/database.ts'
import { lockTeam, type Team } from './team.ts'

/**
 * Archives the team whose group the directory deleted (story 13): out of its view, its name free again, nothing of it
 * lost until an administrator purges it. @throws AppError `not_found`
 */
export async function archiveTeam(trx: Trx, scope: Scope, teamId: string): Promise<Team> {
  const team = await lockTeam(trx, scope, teamId)
  await trx
    .updateTable('teams')
    .set((eb) => ({ status: 'archived' as const, archived_at: scope.at, updated_at: scope.at, version: eb('version', '+', 1) }))
    .where('id', '=', team.id)
    .execute()
  await count(trx, scope.nodeId, { teams: -1 })
  await record(trx, { ...scope, action: 'team.archived', subjectKind: 'team', subjectId: team.id, detail: { name: team.name } })
  await announce(trx, { enterpriseId: team.enterprise_id, kind: 'team', subjectId: team.id, at: scope.at })
  return team
}
