import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { count } from '../nodes/counts.ts'
import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Trx } from '../storage/database.ts'
import { leaveAllTeams } from '../teams/members.ts'
import { type TeamWithoutHolder, teamsLeftWithoutHolder } from '../teams/without-holder.ts'
import { lockUserRow, type User } from './user.ts'

/** What a move did, or would do: nothing was changed where it is not `done`. */
export interface Moved {
  done: boolean
  user: User
  /** The teams that the user leaves. */
  teams: { teamId: string; name: string }[]
  withoutHolder: TeamWithoutHolder[]
  /** A directory provisions the node that the user leaves. */
  directory: boolean
}

/**
 * Moves a user to another node, as an administrator of both. Account, keys, devices and own folders stay. The teams of the
 * old node are left, because a team's members are of its node; and the old directory's id of the person is forgotten, so
 * that the new node's directory links them by their address. Where teams are left, or a directory provisions the old node,
 * it is done only if `confirmed`.
 * @param scope of the node that the user is in
 * @throws AppError `not_found`, `conflict` where they are in that node already
 */
export async function moveUser(trx: Trx, scope: Scope, userId: string, to: ProvenNodeId, confirmed: boolean): Promise<Moved> {
  if (scope.nodeId === to) throw new AppError('conflict', 'The user is in this node already.')
  await holdNodes(trx, [scope.nodeId, to])
  const user = await lockUserRow(trx, scope, userId)
  const warning = await warningOf(trx, user)
  const isHarmless = warning.teams.length === 0 && !warning.directory
  if (!isHarmless && !confirmed) return { done: false, user, ...warning }
  const moved = await trx
    .updateTable('users')
    .set((eb) => ({ node_id: to, external_id: null, updated_at: scope.at, version: eb('version', '+', 1) }))
    .where('id', '=', user.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await holdTeams(trx, scope.nodeId)
  await leaveAllTeams(trx, scope, user.id)
  await count(trx, scope.nodeId, { users: -1 })
  await count(trx, to, { users: 1 })
  const { enterpriseId, at, actor } = scope
  const detail = { email: user.email, from: scope.nodeId, to }
  // Both nodes' administrators are told.
  for (const nodeId of [scope.nodeId, to]) {
    await record(trx, { enterpriseId, nodeId, at, actor, action: 'user.moved', subjectKind: 'user', subjectId: user.id, detail })
    await announce(trx, { enterpriseId, kind: 'node', subjectId: nodeId, at })
  }
  await announce(trx, { enterpriseId, kind: 'user', subjectId: user.id, at })
  return { done: true, user: moved, ...warning }
}

/** In one order, so that two moves between the same nodes wait for each other instead of deadlocking. */
async function holdNodes(trx: Trx, nodeIds: readonly string[]): Promise<void> {
  for (const id of nodeIds.toSorted()) {
    await trx
      .updateTable('nodes')
      .set((eb) => ({ name: eb.ref('name') }))
      .where('id', '=', id)
      .execute()
  }
}

/** Whoever changes members holds the team: who comes after this finds that the user is in the node no more. */
async function holdTeams(trx: Trx, nodeId: string): Promise<void> {
  await trx
    .updateTable('teams')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('node_id', '=', nodeId)
    .where('archived_at', 'is', null)
    .execute()
}

async function warningOf(trx: Trx, user: User): Promise<Pick<Moved, 'teams' | 'withoutHolder' | 'directory'>> {
  const teams = await trx
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['t.id as teamId', 't.name'])
    .where('m.user_id', '=', user.id)
    .where('t.archived_at', 'is', null)
    .orderBy('t.name_key')
    .execute()
  const method = await trx
    .selectFrom('provisioning_methods')
    .select('id')
    .where('node_id', '=', user.node_id)
    .where('state', '!=', 'draft')
    .executeTakeFirst()
  return { teams, withoutHolder: await teamsLeftWithoutHolder(trx, user.id), directory: method !== undefined }
}
