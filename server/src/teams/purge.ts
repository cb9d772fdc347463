import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx } from '../storage/database.ts'
import { markOpened } from '../vault/mark-opened.ts'

/**
 * Removes an archived team for good: its memberships, its keys, and what folders were shared with it. The folders stay with
 * their owners, and wait for another key, for people who leave hold the present one.
 * @param confirmName the team's name, as proof that it is meant
 * @throws AppError `not_found`, `conflict` where it is not archived, `invalid_value` where the name is another
 */
export async function purgeTeam(trx: Trx, scope: Scope, teamId: string, confirmName: string): Promise<void> {
  // Held against others, as lockTeam does for teams that are not archived.
  const team = await trx
    .updateTable('teams')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('id', '=', teamId)
    .where('node_id', '=', scope.nodeId)
    .returning(['id', 'name', 'status'])
    .executeTakeFirst()
  if (!team) throw new AppError('not_found', 'There is no such team any more.')
  if (team.status !== 'archived') {
    throw new AppError(
      'conflict',
      `${team.name} is not archived: the directory archives a team by deleting its group. Then it can be purged.`,
    )
  }
  if (confirmName !== team.name) throw new AppError('invalid_value', `To purge this team, confirm it by its name: ${team.name}`)
  const members = await trx.selectFrom('memberships').select('user_id').where('team_id', '=', team.id).execute()
  const folders = await releaseFolders(
    trx,
    team.id,
    members.map(({ user_id: userId }) => userId),
    scope,
  )
  for (const table of ['memberships', 'team_grants'] as const) await trx.deleteFrom(table).where('team_id', '=', team.id).execute()
  await trx.deleteFrom('teams').where('id', '=', team.id).execute()
  const detail = { name: team.name, members: members.length, folders }
  await record(trx, { ...scope, action: 'team.purged', subjectKind: 'team', subjectId: team.id, detail })
  // Of a team that is gone nobody could say whom it concerns.
  await announce(trx, { enterpriseId: scope.enterpriseId, kind: 'node', subjectId: scope.nodeId, at: scope.at })
}

async function releaseFolders(trx: Trx, teamId: string, members: readonly string[], scope: Scope): Promise<number> {
  const shared = trx.selectFrom('folder_access').select('folder_id').where('grantee_kind', '=', 'team').where('grantee_id', '=', teamId)
  const rows = await trx.selectFrom('folders').select('id').where('id', 'in', shared).orderBy('id').execute()
  const folderIds = rows.map(({ id }) => id)
  for (const id of folderIds) {
    await trx
      .updateTable('folders')
      .set((eb) => ({ rotation_due: 1, revision: eb('revision', '+', 1) }))
      .where('id', '=', id)
      .execute()
    await announce(trx, { enterpriseId: scope.enterpriseId, kind: 'folder', subjectId: id, at: scope.at })
  }
  await markOpened(trx, { folderIds }, members, scope.at)
  await trx.deleteFrom('folder_access').where('grantee_kind', '=', 'team').where('grantee_id', '=', teamId).execute()
  return folderIds.length
}
