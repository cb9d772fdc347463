import { sql } from 'kysely'
import { type OpenInvitation, openInvitations } from '../invitations/find.ts'
import type { Db, Millis, UserStatus } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import { whoMakeTeamKeys } from './pending-teams.ts'
import { whyUserWaits } from './pending-users.ts'
import { type PendingView, pageOf, type Waiting, type WaitingPage } from './pending-view.ts'

interface Row {
  team_id: string
  name: string
  team_node: string
  team_status: 'pending' | 'active' | 'archived'
  state: 'pending' | 'active'
  created_at: Millis
  key_since: Millis | null
  user_id: string
  email: string
  user_node: string
  user_status: UserStatus
  certified: number | null
}

/** Memberships that wait for the team's key: in the nodes of an administrator, the caller's own, and those that they could admit as a member. */
export async function pendingMemberships(db: Db, view: PendingView, after: string, limit: number): Promise<WaitingPage> {
  const [team = '', user = ''] = after.split('/')
  const rows = await waitingRows(db, view)
    .$if(after !== '', (query) =>
      query.where('m.team_id', '>=', team).where((eb) => eb.or([eb('m.team_id', '>', team), eb('m.user_id', '>', user)])),
    )
    .orderBy('m.team_id')
    .orderBy('m.user_id')
    .limit(limit + 1)
    .execute()
  const invited = rows.filter(({ user_status: status }) => status === 'invited').map(({ user_id: id }) => id)
  const invitations = await openInvitations(db, [...new Set(invited)])
  return pageOf(
    rows,
    limit,
    (row) => `${row.team_id}/${row.user_id}`,
    (row) => waiting(view, row, invitations.get(row.user_id)),
  )
}

function waitingRows(db: Db, { caller, nodes, teams, held, about }: PendingView) {
  const { dialect } = lineOf(db)
  const ids = (some: readonly string[]) => idsOf(dialect, JSON.stringify(some))
  return db
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .leftJoin('accounts as a', 'a.user_id', 'm.user_id')
    .select(['m.team_id', 't.name', 't.node_id as team_node', 't.status as team_status', 'm.state', 'm.created_at'])
    .select(['m.user_id', 'u.email', 'u.node_id as user_node', 'u.status as user_status', 'a.certified'])
    .select(
      sql<Millis | null>`(select min(g.created_at) from team_grants as g where g.team_id = t.id and g.epoch = t.key_epoch)`.as('key_since'),
    )
    .where('t.archived_at', 'is', null)
    .where('u.deleted_at', 'is', null)
    .$if(about.user !== undefined, (query) => query.where('m.user_id', '=', about.user ?? ''))
    .$if(about.team !== undefined, (query) => query.where('m.team_id', '=', about.team ?? ''))
    .where((eb) => eb.or([eb('m.state', '=', sql.lit('pending')), eb('m.epoch', '<', eb.ref('t.key_epoch'))]))
    .where((eb) =>
      eb.or([
        eb('t.node_id', 'in', eb.selectFrom(ids(nodes)).select('ids.value')),
        eb('m.team_id', 'in', eb.selectFrom(ids(held)).select('ids.value')),
        eb.and([eb('m.user_id', '=', caller.userId), eb('m.team_id', 'in', eb.selectFrom(ids(teams)).select('ids.value'))]),
      ]),
    )
}

/** The first thing that has to happen: what comes after it would wait anyway. */
function waiting(view: PendingView, row: Row, invitation: OpenInvitation | undefined): Waiting {
  const { team_id: teamId, name, team_node: nodeId, user_id: userId, email } = row
  const common = { kind: 'membership', nodeId, teamId, team: name, userId, email } as const
  if (row.team_status === 'pending') {
    const reason = `The team ${name} has no key yet, so nobody can be given it.`
    return { ...common, code: 'team-pending', reason, since: row.created_at, enders: whoMakeTeamKeys(nodeId) }
  }
  const user = { id: userId, email, nodeId: row.user_node, status: row.user_status, isUncertified: row.certified === 0 }
  const why = whyUserWaits(view, user, invitation)
  if (why !== null) return { ...common, ...why, since: row.created_at }
  const enders = [
    { who: 'administrators', nodeId, right: 'approve', log: 'any' },
    { who: 'automators', nodeId, right: 'memberships' },
    { who: 'members', teamId },
  ] as const
  if (row.state === 'pending') {
    const reason = `${email} waits to be given the key of the team ${name}: any approver’s open vault does it.`
    return { ...common, code: 'waits-for-approver', reason, since: row.created_at, enders }
  }
  const reason = `The team ${name} has a new key, and ${email} waits to be given it. Until then they read what the old one opens.`
  return { ...common, code: 'renewal-due', reason, since: row.key_since ?? row.created_at, enders }
}
