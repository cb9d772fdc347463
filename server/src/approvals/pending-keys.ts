import { sql } from 'kysely'
import type { Db, Millis } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import { type PendingView, pageOf, type Waiting, type WaitingPage } from './pending-view.ts'
import type { Ender } from './unblockers.ts'

/** Keys of the log that wait for their next epoch, for administrators. */
export async function pendingLogKeys(db: Db, { caller, log, nodes }: PendingView): Promise<WaitingPage> {
  if (nodes.length === 0 || !(log.approverKeyDue || log.recoveryKeyDue)) return { found: [], last: null }
  const since = await lastEntryAt(db, caller.enterpriseId)
  const due = (what: string, effect: string, ender: Ender): Waiting => ({
    kind: 'log-key',
    code: 'rotation-due',
    reason: `Somebody who holds the ${what} is no administrator or automator any more: ${effect} until it is renewed.`,
    since,
    nodeId: null,
    enders: [ender],
  })
  const renewers = (right: 'administrators' | 'recovery'): Ender => ({ who: 'administrators', nodeId: null, right: 'manage', log: right })
  return {
    found: [
      ...(log.approverKeyDue
        ? [due('approver key', 'new teams wait, and new administrators are given no keys,', renewers('administrators'))]
        : []),
      ...(log.recoveryKeyDue ? [due('recovery key', 'people’s vaults are not kept for it anew', renewers('recovery'))] : []),
    ],
    last: null,
  }
}

/** The removal that made the key due is at or before it. */
async function lastEntryAt(db: Db, enterpriseId: string): Promise<Millis> {
  const last = await db
    .selectFrom('enterprise_log')
    .select('at')
    .where('enterprise_id', '=', enterpriseId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.at ?? 0
}

/** Folders whose key somebody holds who lost access: shared with teams that the caller sees, or the caller's to open. */
export async function pendingFolders(db: Db, view: PendingView, after: string, limit: number): Promise<WaitingPage> {
  const { dialect } = lineOf(db)
  const ids = (some: readonly string[]) => idsOf(dialect, JSON.stringify(some))
  const { team } = view.about
  const rows = await db
    .selectFrom('folders as f')
    .innerJoin('folder_access as a', 'a.folder_id', 'f.id')
    .leftJoin('teams as t', (join) => join.onRef('t.id', '=', 'a.grantee_id').on('a.grantee_kind', '=', 'team'))
    .select(['f.id', 'f.owner_id', 'f.created_at'])
    .select((eb) => [eb.fn.min('t.id').as('team_id'), eb.fn.min('t.name').as('team'), eb.fn.min('t.node_id').as('node_id')])
    .where('f.enterprise_id', '=', view.caller.enterpriseId)
    .where('f.rotation_due', '=', sql.lit(1))
    .where('f.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('f.owner_id', '=', view.caller.userId),
        eb.and([eb('a.grantee_kind', '=', 'user'), eb('a.grantee_id', '=', view.caller.userId)]),
        eb('t.id', 'in', eb.selectFrom(ids(view.held)).select('ids.value')),
        eb('t.node_id', 'in', eb.selectFrom(ids(view.nodes)).select('ids.value')),
      ]),
    )
    .where('f.id', '>', after)
    .$if(team !== undefined, (query) => query.where('t.id', '=', team ?? ''))
    .groupBy(['f.id', 'f.owner_id', 'f.created_at'])
    .orderBy('f.id')
    .limit(limit + 1)
    .execute()
  return pageOf(
    rows,
    limit,
    ({ id }) => id,
    ({ id, owner_id: ownerId, created_at: since, team_id: teamId, team, node_id: nodeId }) => ({
      kind: 'folder-rotation',
      code: 'rotation-due',
      reason: `Somebody who could open ${team === null ? 'a folder' : `a folder of the team ${team}`} lost access: the next who may renews its key.`,
      since,
      nodeId,
      teamId,
      team,
      subjectId: id,
      enders: [{ who: 'user', userId: ownerId, as: 'member' }, ...(teamId === null || nodeId === null ? [] : whoOpen(teamId, nodeId))],
    }),
  )
}

function whoOpen(teamId: string, nodeId: string): Ender[] {
  return [
    { who: 'members', teamId },
    { who: 'administrators', nodeId, right: 'approve', log: 'any' },
    { who: 'automators', nodeId, right: 'memberships' },
  ]
}

/** New devices that wait to be let in: in the nodes of an administrator, and the caller's own. */
export async function pendingDevices(db: Db, view: PendingView, after: string, limit: number): Promise<WaitingPage> {
  const { dialect } = lineOf(db)
  const { user } = view.about
  const rows = await db
    .selectFrom('device_requests as r')
    .innerJoin('users as u', 'u.id', 'r.user_id')
    .select(['r.id', 'r.user_id', 'r.created_at', 'u.email', 'u.node_id'])
    .where('r.state', '=', sql.lit('pending'))
    .where('r.expires_at', '>', view.at)
    .where('u.status', '=', sql.lit('active'))
    .where('u.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('u.node_id', 'in', eb.selectFrom(idsOf(dialect, JSON.stringify(view.nodes))).select('ids.value')),
        eb('u.id', '=', view.caller.userId),
      ]),
    )
    .where('r.id', '>', after)
    .$if(user !== undefined, (query) => query.where('r.user_id', '=', user ?? ''))
    .orderBy('r.id')
    .limit(limit + 1)
    .execute()
  return pageOf(
    rows,
    limit,
    ({ id }) => id,
    ({ id, user_id: userId, created_at: since, email, node_id: nodeId }) => ({
      kind: 'device',
      code: 'waits-for-approver',
      reason: `A new device of ${email} waits to be let in: another of their devices does it, or an administrator who may recover accounts.`,
      since,
      nodeId,
      userId,
      email,
      subjectId: id,
      enders: [
        { who: 'user', userId, as: 'user' },
        { who: 'administrators', nodeId, right: 'manage', log: 'recovery' },
      ],
    }),
  )
}
