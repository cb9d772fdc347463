import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Trx } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'
import { isUniqueViolation } from '../storage/violation.ts'
import { markLeft } from './rotation-due.ts'
import type { Team } from './team.ts'

/**
 * The archived team that a directory pushes again: same name and same externalId. The newest, where there are several. A
 * name alone says too little: a new group of an old name must not get what the old one could read.
 */
export async function findArchived(db: Db, scope: Scope, name: string, externalId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('teams')
    .select('id')
    .where('enterprise_id', '=', scope.enterpriseId)
    .where('name_key', '=', textKey(name.trim()))
    .where('node_id', '=', scope.nodeId)
    .where('external_id', '=', externalId)
    .where('archived_at', 'is not', null)
    .orderBy('archived_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

/**
 * Brings an archived team back with its keys, its members and the folders that are shared with it. All of these wait for
 * another key: folders may have had one meanwhile that the team was not given, and nobody counted which approvers left.
 * @throws AppError `not_found`, `conflict` where it is not archived, `uniqueness` where another team has its name by now
 */
export async function restoreTeam(trx: Trx, scope: Scope, teamId: string): Promise<Team> {
  const team = await takeBack(trx, scope, teamId)
  await dropOthers(trx, scope, team.id)
  const shared = trx.selectFrom('folder_access').select('folder_id').where('grantee_kind', '=', 'team').where('grantee_id', '=', team.id)
  const folders = await trx
    .updateTable('folders')
    .set((eb) => ({ rotation_due: 1, revision: eb('revision', '+', 1) }))
    .where('id', 'in', shared)
    .returning('id')
    .execute()
  for (const { id } of folders) await announce(trx, { enterpriseId: scope.enterpriseId, kind: 'folder', subjectId: id, at: scope.at })
  await count(trx, scope.nodeId, { teams: 1 })
  const detail = { name: team.name, folders: folders.length }
  await record(trx, { ...scope, action: 'team.restored', subjectKind: 'team', subjectId: team.id, detail })
  await announce(trx, { enterpriseId: scope.enterpriseId, kind: 'team', subjectId: team.id, at: scope.at })
  return team
}

async function takeBack(trx: Trx, scope: Scope, teamId: string): Promise<Team> {
  const team = await trx
    .updateTable('teams')
    .set((eb) => ({
      // What had a key before comes back with it.
      status: eb
        .case()
        .when('key_epoch', '>', 0)
        .then('active' as const)
        .else('pending' as const)
        .end(),
      rotation_due: eb
        .case()
        .when('key_epoch', '>', 0)
        .then(1 as const)
        .else(0 as const)
        .end(),
      archived_at: null,
      updated_at: scope.at,
      version: eb('version', '+', 1),
    }))
    .where('id', '=', teamId)
    .where('node_id', '=', scope.nodeId)
    .where('archived_at', 'is not', null)
    .returningAll()
    .executeTakeFirst()
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      const words = 'Another team of this node has the name by now. Nothing was changed: rename the group of one of them in the directory.'
      throw new AppError('uniqueness', words, { cause: error })
    })
  if (team === undefined) throw new AppError('conflict', 'This team is not archived: somebody restored or purged it already.')
  return team
}

/** Who was deleted or moved away while the team was archived is not brought back with it. */
async function dropOthers(trx: Trx, scope: Scope, teamId: string): Promise<void> {
  const left = await trx
    .deleteFrom('memberships')
    .where('team_id', '=', teamId)
    .where('user_id', 'not in', (eb) =>
      eb
        .selectFrom('memberships as m')
        .innerJoin('users as u', 'u.id', 'm.user_id')
        .select('m.user_id')
        .where('m.team_id', '=', teamId)
        .where('u.node_id', '=', scope.nodeId)
        .where('u.deleted_at', 'is', null),
    )
    .returning(['user_id', 'epoch'])
    .execute()
  await markLeft(trx, teamId, left, scope.at)
}
