import { sql } from 'kysely'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { markLeft } from './rotation-due.ts'
import { type Team, touchTeam } from './team.ts'

/** Ids that the audit log names one by one; past it, it counts. */
const NAMED_IDS = 50

/** What became of the members. Nobody is in two of the lists. */
export interface MemberChanges {
  added: number
  /** Who was taken off. */
  removed: string[]
  /** Ids of users whom the directory has deleted: accepted, without effect. */
  ignored: string[]
}

const insertMembers = prepare<{ teamId: string; nodeId: string; userIds: string; at: Millis }>()((db, p, dialect) =>
  db
    .insertInto('memberships')
    .columns(['team_id', 'user_id', 'state', 'created_at'])
    .expression((eb) =>
      eb
        .selectFrom(idsOf(dialect, p.userIds))
        // A cross join keeps this order: without it SQLite, which has no statistics, reads all users of the node for each id.
        .crossJoin('users')
        .whereRef('users.id', '=', 'ids.value')
        .where('users.node_id', '=', p.nodeId)
        .where('users.deleted_at', 'is', null)
        .select([
          sql<string>`cast(${p.teamId} as text)`.as('team_id'),
          'users.id',
          sql.lit('pending').as('state'),
          sql<number>`cast(${p.at} as bigint)`.as('created_at'),
        ])
        .distinct(),
    )
    .onConflict((conflict) => conflict.columns(['team_id', 'user_id']).doNothing()),
)

const selectUnfit = prepare<{ nodeId: string; userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom(idsOf(dialect, p.userIds))
    .leftJoin('users', (join) => join.onRef('users.id', '=', 'ids.value').on('users.node_id', '=', p.nodeId))
    .select(['ids.value', 'users.deleted_at'])
    .where((eb) => eb.or([eb('users.id', 'is', null), eb('users.deleted_at', 'is not', null)])),
)

const deleteMembers = prepare<{ teamId: string; userIds: string }>()((db, p, dialect) =>
  db
    .deleteFrom('memberships')
    .where('team_id', '=', p.teamId)
    .where('user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value'))
    .returning(['user_id', 'epoch']),
)

const deleteOthers = prepare<{ teamId: string; userIds: string }>()((db, p, dialect) =>
  db
    .deleteFrom('memberships')
    .where('team_id', '=', p.teamId)
    .where('user_id', 'not in', (eb) => eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value'))
    .returning(['user_id', 'epoch']),
)

/**
 * Adds members to a team that exists: pending, until a client that holds the team key admits them. Who is on the team
 * already stays as they are. Costs what it adds, however large the team is.
 * @throws AppError `invalid_value` naming an id that was never issued in this node
 */
export async function addMembers(trx: Trx, scope: Scope, team: Team, userIds: string[]): Promise<MemberChanges> {
  const change = await insert(trx, scope, team, userIds)
  await tell(trx, scope, team, change, { added: userIds })
  return change
}

/** Takes members off a team: what is shared with it is theirs no more. Who is not on it is passed over. */
export async function removeMembers(trx: Trx, scope: Scope, team: Team, userIds: string[]): Promise<MemberChanges> {
  const { rows } = await deleteMembers(trx, { teamId: team.id, userIds: JSON.stringify(userIds) })
  await markLeft(trx, team.id, rows, scope.at)
  const change = { added: 0, removed: rows.map((row) => row.user_id), ignored: [] }
  await tell(trx, scope, team, change, { removed: userIds })
  return change
}

/** Makes the members exactly these. Who stays keeps their approval. @throws AppError `invalid_value` as addMembers does */
export async function setMembers(trx: Trx, scope: Scope, team: Team, userIds: string[]): Promise<MemberChanges> {
  const { rows } = await deleteOthers(trx, { teamId: team.id, userIds: JSON.stringify(userIds) })
  await markLeft(trx, team.id, rows, scope.at)
  const change = { ...(await insert(trx, scope, team, userIds)), removed: rows.map((row) => row.user_id) }
  await tell(trx, scope, team, change, { members: userIds })
  return change
}

/** Takes a user off every team. @returns the teams' ids */
export async function leaveAllTeams(trx: Trx, scope: Scope, userId: string): Promise<string[]> {
  const teams = await trx.selectFrom('memberships').select('team_id').where('user_id', '=', userId).orderBy('team_id').execute()
  // Teams before memberships, as every change of members does, and in one order: whoever locks in another order deadlocks.
  for (const { team_id: teamId } of teams) {
    await touchTeam(trx, teamId, scope.at)
    await announce(trx, { enterpriseId: scope.enterpriseId, kind: 'team', subjectId: teamId, at: scope.at })
  }
  const left = await trx.deleteFrom('memberships').where('user_id', '=', userId).returning(['team_id', 'user_id', 'epoch']).execute()
  // What was deleted, not what was read before: on PostgreSQL a membership may have come in between.
  for (const membership of left) await markLeft(trx, membership.team_id, [membership], scope.at)
  return teams.map(({ team_id: teamId }) => teamId)
}

async function insert(trx: Trx, scope: Scope, team: Team, userIds: string[]): Promise<MemberChanges> {
  if (userIds.length === 0) return { added: 0, removed: [], ignored: [] }
  const ids = JSON.stringify(userIds)
  const { changes } = await insertMembers(trx, { teamId: team.id, nodeId: scope.nodeId, userIds: ids, at: scope.at })
  // Fewer than asked for: some are members already, or deleted, or nobody at all.
  const ignored = changes === userIds.length ? [] : await unfitIds(trx, scope, ids)
  return { added: changes, removed: [], ignored }
}

async function unfitIds(trx: Trx, scope: Scope, ids: string): Promise<string[]> {
  const { rows } = await selectUnfit(trx, { nodeId: scope.nodeId, userIds: ids })
  const unknown = rows.find((row) => row.deleted_at === null)
  if (unknown) {
    throw new AppError('invalid_value', `members names the user "${unknown.value.slice(0, 100)}", and this node has none with that id.`, {
      advice: 'Provision the user to this app before pushing the group, then push the group again.',
    })
  }
  return rows.map(({ value }) => value)
}

async function tell(trx: Trx, scope: Scope, team: Team, change: MemberChanges, detail: Record<string, string[]>) {
  if (change.added + change.removed.length === 0) return
  const named = Object.fromEntries(Object.entries(detail).map(([key, ids]) => [key, ids.slice(0, NAMED_IDS)]))
  await Promise.all([
    touchTeam(trx, team.id, scope.at),
    record(trx, {
      ...scope,
      action: 'membership.changed',
      subjectKind: 'team',
      subjectId: team.id,
      detail: { ...named, countAdded: change.added, countRemoved: change.removed.length },
    }),
    announce(trx, { enterpriseId: team.enterprise_id, kind: 'team', subjectId: team.id, at: scope.at }),
  ])
}
