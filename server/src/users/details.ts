import { AppError } from '../errors.ts'
import type { NodeReach } from '../nodes/reach.ts'
import type { AdministratorRole, Db, MembershipState, Millis, TeamStatus } from '../storage/database.ts'
import { readUserRows, type UserRow } from './rows.ts'

/** What one user's page shows beyond the list. */
export interface UserDetails extends UserRow {
  externalId: string | null
  /** When a deleted user is gone for good. */
  purgedAt: Millis | null
  roles: { nodeId: string; nodeName: string; role: AdministratorRole }[]
  devices: number
  secondFactors: number
  provisioned: boolean
  ownFolders: number
}

/** A team that a user is on, or is to be on. */
export interface TeamOfUser {
  teamId: string
  name: string
  status: Exclude<TeamStatus, 'archived'>
  membership: MembershipState
  epoch: number | null
  since: Millis
}

/** Teams that a user's page lists. */
const MOST_TEAMS = 500

/** One user, whom the caller may read. Roles in other nodes than `reach` are left out. @throws AppError `not_found` */
export async function readUserDetails(db: Db, reach: NodeReach, userId: string, at: Millis): Promise<UserDetails> {
  const [[row], stored] = await Promise.all([readUserRows(db, reach.enterpriseId, [userId], at), selectMore(db, userId)])
  if (row === undefined || stored === undefined) throw new AppError('not_found', 'This user was removed for good meanwhile.')
  const [roles, counts, method] = await Promise.all([
    db
      .selectFrom('administrators as a')
      .innerJoin('nodes as n', 'n.id', 'a.node_id')
      .select(['n.id as nodeId', 'n.name as nodeName', 'a.role'])
      .where('a.user_id', '=', userId)
      .where('a.node_id', 'in', reach.nodes)
      .orderBy('n.id')
      .execute(),
    countBelongings(db, userId),
    db
      .selectFrom('provisioning_methods')
      .select('state')
      .where('node_id', '=', row.nodeId)
      .where('state', '!=', 'draft')
      .executeTakeFirst(),
  ])
  return {
    ...row,
    externalId: stored.external_id,
    purgedAt: row.deletedAt === null ? null : row.deletedAt + stored.retention_ms,
    roles,
    ...counts,
    provisioned: method !== undefined,
  }
}

/** The teams of a user, archived ones apart, by name; and how many there are. */
export async function teamsOfUser(db: Db, userId: string): Promise<{ teams: TeamOfUser[]; total: number }> {
  const teams = db
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .where('m.user_id', '=', userId)
    .where('t.archived_at', 'is', null)
  const [rows, { total }] = await Promise.all([
    teams
      .select(['t.id', 't.name', 't.status', 'm.state', 'm.epoch', 'm.created_at'])
      .orderBy('t.name_key')
      .orderBy('t.id')
      .limit(MOST_TEAMS)
      .execute(),
    teams.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ])
  const shown = rows.map((row) => ({
    teamId: row.id,
    name: row.name,
    status: row.status === 'pending' ? ('pending' as const) : ('active' as const),
    membership: row.state,
    epoch: row.epoch === 0 ? null : row.epoch,
    since: row.created_at,
  }))
  return { teams: shown, total: Number(total) }
}

function selectMore(db: Db, userId: string) {
  return db
    .selectFrom('users as u')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .select(['u.external_id', 'e.retention_ms'])
    .where('u.id', '=', userId)
    .executeTakeFirst()
}

async function countBelongings(db: Db, userId: string): Promise<Pick<UserDetails, 'devices' | 'secondFactors' | 'ownFolders'>> {
  const [devices, factors, folders] = await Promise.all([
    db.selectFrom('devices').select('id').where('user_id', '=', userId).where('removed_at', 'is', null).execute(),
    db.selectFrom('second_factors').select('id').where('user_id', '=', userId).where('confirmed_at', 'is not', null).execute(),
    db
      .selectFrom('folders')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('owner_id', '=', userId)
      .executeTakeFirstOrThrow(),
  ])
  return { devices: devices.length, secondFactors: factors.length, ownFolders: Number(folders.count) }
}
