import { record } from '../audit/record.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'
import { textKey } from '../storage/text-key.ts'
import { nameTaken, readTeamName } from './name.ts'
import type { Team } from './team.ts'

const insertTeam = prepare<Team>()((db, p) =>
  db
    .insertInto('teams')
    .values({
      id: p.id,
      enterprise_id: p.enterprise_id,
      node_id: p.node_id,
      name: p.name,
      name_key: p.name_key,
      external_id: p.external_id,
      status: p.status,
      version: p.version,
      created_at: p.created_at,
      updated_at: p.updated_at,
      archived_at: p.archived_at,
      key_epoch: p.key_epoch,
      rotation_due: p.rotation_due,
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/**
 * Makes the team that a directory pushes: pending, for it has no keys until an approver's client makes them.
 * @throws AppError `invalid_value` for an empty name, `uniqueness` where the node has a team of that name.
 */
export async function createTeam(trx: Trx, scope: Scope, wanted: { name: string; externalId: string | null }): Promise<Team> {
  const name = readTeamName(wanted.name)
  const team: Team = {
    id: newId(),
    enterprise_id: scope.enterpriseId,
    node_id: scope.nodeId,
    name,
    name_key: textKey(name),
    external_id: wanted.externalId,
    status: 'pending',
    version: 1,
    created_at: scope.at,
    updated_at: scope.at,
    archived_at: null,
    key_epoch: 0,
    rotation_due: 0,
  }
  const { changes } = await insertTeam(trx, team)
  if (changes === 0) throw nameTaken(name)
  await Promise.all([
    count(trx, scope.nodeId, { teams: 1 }),
    record(trx, { ...scope, action: 'team.created', subjectKind: 'team', subjectId: team.id, detail: { name } }),
    announce(trx, { enterpriseId: team.enterprise_id, kind: 'team', subjectId: team.id, at: scope.at }),
  ])
  return team
}
