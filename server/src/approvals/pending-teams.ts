import { sql } from 'kysely'
import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import { type PendingView, pageOf, type WaitingPage } from './pending-view.ts'
import type { Ender } from './unblockers.ts'

/** Teams without a key: of the nodes of an administrator, and those that a member waits for. */
export async function pendingTeams(db: Db, view: PendingView, after: string, limit: number): Promise<WaitingPage> {
  const rows = await seen(db, view, view.teams)
    .where('t.status', '=', sql.lit('pending'))
    .where('t.id', '>', after)
    .select(['t.id', 't.name', 't.node_id', 't.created_at'])
    .orderBy('t.id')
    .limit(limit + 1)
    .execute()
  return pageOf(
    rows,
    limit,
    ({ id }) => id,
    ({ id, name, node_id: nodeId, created_at: since }) => ({
      kind: 'team',
      code: 'no-keys',
      reason: `The team ${name} has no key yet: an approver makes it when they approve the team.`,
      since,
      nodeId,
      teamId: id,
      team: name,
      enders: whoMakeTeamKeys(nodeId),
    }),
  )
}

/** Teams whose key somebody holds who left. */
export async function pendingRotations(db: Db, view: PendingView, after: string, limit: number): Promise<WaitingPage> {
  const rows = await seen(db, view, view.held)
    .where('t.status', '=', sql.lit('active'))
    .where('t.rotation_due', '=', sql.lit(1))
    .where('t.id', '>', after)
    .select(['t.id', 't.name', 't.node_id', 't.updated_at'])
    .orderBy('t.id')
    .limit(limit + 1)
    .execute()
  return pageOf(
    rows,
    limit,
    ({ id }) => id,
    ({ id, name, node_id: nodeId, updated_at: since }) => ({
      kind: 'rotation',
      code: 'rotation-due',
      reason: `Somebody who holds the key of the team ${name} was removed: the next approver or member who comes renews it.`,
      since,
      nodeId,
      teamId: id,
      team: name,
      enders: [...whoMakeTeamKeys(nodeId), { who: 'members', teamId: id }],
    }),
  )
}

/** Who can state the key of a team of this node in the log. */
export function whoMakeTeamKeys(nodeId: string): Ender[] {
  return [
    { who: 'administrators', nodeId, right: 'approve', log: 'certify' },
    { who: 'automators', nodeId, right: 'teams' },
  ]
}

/** The teams, archived ones apart, that the caller may read as administrator, and these. */
function seen(db: Db, { nodes, about: { team } }: PendingView, own: readonly string[]) {
  const { dialect } = lineOf(db)
  return db
    .selectFrom('teams as t')
    .where('t.archived_at', 'is', null)
    .$if(team !== undefined, (query) => query.where('t.id', '=', team ?? ''))
    .where((eb) =>
      eb.or([
        eb('t.node_id', 'in', eb.selectFrom(idsOf(dialect, JSON.stringify(nodes))).select('ids.value')),
        eb('t.id', 'in', eb.selectFrom(idsOf(dialect, JSON.stringify(own))).select('ids.value')),
      ]),
    )
}
