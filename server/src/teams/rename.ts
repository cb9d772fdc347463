import type { Action } from '@claviger/contract/api/console/actions.ts'
import { record } from '../audit/record.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'
import { isUniqueViolation } from '../storage/violation.ts'
import { nameTaken, readTeamName } from './name.ts'
import { type Team, touchTeam } from './team.ts'

/**
 * Renames a team that lockTeam holds. @returns whether anything changed
 * @throws AppError `invalid_value`, `uniqueness`
 */
export async function renameTeam(trx: Trx, scope: Scope, team: Team, wanted: string): Promise<boolean> {
  const name = readTeamName(wanted)
  if (name === team.name) return false
  await trx
    .updateTable('teams')
    .set({ name, name_key: textKey(name) })
    .where('id', '=', team.id)
    .execute()
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken(name, error) : error
    })
  await changed(trx, scope, team, 'team.renamed', { from: team.name, to: name })
  return true
}

/** Sets or takes away the directory's own id of the team. @returns whether anything changed */
export async function setTeamExternalId(trx: Trx, scope: Scope, team: Team, externalId: string | null): Promise<boolean> {
  if (externalId === team.external_id) return false
  await trx.updateTable('teams').set({ external_id: externalId }).where('id', '=', team.id).execute()
  await changed(trx, scope, team, 'team.updated', { externalId })
  return true
}

async function changed(trx: Trx, scope: Scope, team: Team, action: Action, detail: Record<string, unknown>) {
  await touchTeam(trx, team.id, scope.at)
  await record(trx, { ...scope, action, subjectKind: 'team', subjectId: team.id, detail })
  await announce(trx, { enterpriseId: team.enterprise_id, kind: 'team', subjectId: team.id, at: scope.at })
}
