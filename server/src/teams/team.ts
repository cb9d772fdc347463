import type { Selectable } from 'kysely'
import { validate as isId } from 'uuid'
import { AppError } from '../errors.ts'
import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import type { Database, Db, Millis, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'

export type Team = Selectable<Database['teams']>

const selectTeam = prepare<{ id: string; nodeId: string }>()((db, p) =>
  db.selectFrom('teams').selectAll().where('id', '=', p.id).where('node_id', '=', p.nodeId).where('archived_at', 'is', null),
)

// Writes nothing new, and so takes the row's lock on PostgreSQL; SQLite has one writer anyway.
const lockRow = prepare<{ id: string; nodeId: string }>()((db, p) =>
  db
    .updateTable('teams')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('id', '=', p.id)
    .where('node_id', '=', p.nodeId)
    .where('archived_at', 'is', null)
    .returningAll(),
)

const bumpVersion = prepare<{ id: string; at: Millis }>()((db, p) =>
  db
    .updateTable('teams')
    .set((eb) => ({ version: eb('version', '+', 1), updated_at: p.at }))
    .where('id', '=', p.id),
)

/** @throws AppError `not_found`, also for teams of other nodes and for archived ones. */
export async function findTeam(db: Db, nodeId: ProvenNodeId, teamId: string): Promise<Team> {
  if (!isId(teamId)) missing(teamId)
  const { rows } = await selectTeam(db, { id: teamId, nodeId })
  return rows[0] ?? missing(teamId)
}

/** The team, held against other writers until the transaction ends. @throws AppError `not_found` */
export async function lockTeam(trx: Trx, scope: Scope, teamId: string): Promise<Team> {
  if (!isId(teamId)) missing(teamId)
  const { rows } = await lockRow(trx, { id: teamId, nodeId: scope.nodeId })
  return rows[0] ?? missing(teamId)
}

/** Marks the team as changed: its version, hence its ETag, and the time of its last change. */
export async function touchTeam(trx: Trx, teamId: string, at: Millis): Promise<void> {
  await bumpVersion(trx, { id: teamId, at })
}

function missing(teamId: string): never {
  throw new AppError('not_found', `There is no team ${teamId.slice(0, 100)} in this node.`, {
    advice: 'The team was archived, or belongs to another node: unlink the group in the directory, then push it again.',
  })
}
