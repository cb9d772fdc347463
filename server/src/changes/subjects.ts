import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

const nodesIn = (table: 'users' | 'teams' | 'provisioning_methods') =>
  prepare<{ ids: string }>()((db, p, dialect) =>
    db
      .selectFrom(table)
      .select(['id', 'node_id'])
      .where('id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.ids)).select('ids.value')),
  )

const selectNodes = { users: nodesIn('users'), teams: nodesIn('teams'), methods: nodesIn('provisioning_methods') }

/** The node of each of these users, teams and methods, by id; deleted and archived ones too. */
export async function nodesOfSubjects(
  db: Db,
  subjects: Readonly<Record<keyof typeof selectNodes, readonly string[]>>,
): Promise<ReadonlyMap<string, string>> {
  const kinds = ['users', 'teams', 'methods'] as const
  const found = await Promise.all(
    kinds.map(async (kind) =>
      subjects[kind].length === 0 ? [] : (await selectNodes[kind](db, { ids: JSON.stringify(subjects[kind]) })).rows,
    ),
  )
  return new Map(found.flat().map((row) => [row.id, row.node_id]))
}

const selectMembers = prepare<{ teamIds: string; userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom('memberships')
    .select(['team_id as id', 'user_id'])
    .where('team_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.teamIds)).select('ids.value'))
    .where('user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value')),
)

/** Who of these users is on which of these teams, pending ones included: `<team> <user>`. */
export async function membersAmong(db: Db, teamIds: readonly string[], userIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (teamIds.length === 0 || userIds.length === 0) return new Set()
  const { rows } = await selectMembers(db, { teamIds: JSON.stringify(teamIds), userIds: JSON.stringify(userIds) })
  return new Set(rows.map((row) => `${row.id} ${row.user_id}`))
}

const selectPersonalAccess = prepare<{ folderIds: string; userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom('folder_access')
    .select(['folder_id as id', 'grantee_id as user_id'])
    .where('folder_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.folderIds)).select('ids.value'))
    .where('grantee_kind', 'in', ['owner', 'user'])
    .where('grantee_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value')),
)

const selectTeamAccess = prepare<{ folderIds: string; userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom('folder_access as a')
    .innerJoin('memberships as m', 'm.team_id', 'a.grantee_id')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['a.folder_id as id', 'm.user_id'])
    .where('a.folder_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.folderIds)).select('ids.value'))
    .where('a.grantee_kind', '=', 'team')
    .where('m.user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value'))
    .where('m.state', '=', 'active')
    .where('t.archived_at', 'is', null),
)

/** Who of these users can open which of these folders, as owner, by themselves or through a team: `<folder> <user>`. */
export async function openersAmong(db: Db, folderIds: readonly string[], userIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (folderIds.length === 0 || userIds.length === 0) return new Set()
  const asked = { folderIds: JSON.stringify(folderIds), userIds: JSON.stringify(userIds) }
  const found = await Promise.all([selectPersonalAccess(db, asked), selectTeamAccess(db, asked)])
  return new Set(found.flatMap(({ rows }) => rows.map((row) => `${row.id} ${row.user_id}`)))
}
