import { sql } from 'kysely'
import { AppError } from '../errors.ts'
import type { Db, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import type { ApprovingCaller } from './caller.ts'

/** What an approval needs to know of a team. */
export interface HeldTeam {
  readonly id: string
  readonly nodeId: string
  readonly name: string
  readonly status: 'pending' | 'active' | 'archived'
  readonly keyEpoch: number
  readonly rotationDue: boolean
}

// Writes nothing new, and so takes the row's lock on PostgreSQL. The version stays: approvals are none of a directory's business.
const lockRow = prepare<{ id: string; enterpriseId: string }>()((db, p) =>
  db
    .updateTable('teams')
    .set((eb) => ({ key_epoch: eb.ref('key_epoch') }))
    .where('id', '=', p.id)
    .where('enterprise_id', '=', p.enterpriseId)
    .where('archived_at', 'is', null)
    .returning(['id', 'node_id', 'name', 'status', 'key_epoch', 'rotation_due']),
)

/**
 * Teams of the enterprise, archived ones apart, held against other writers until the transaction ends: whoever changes a
 * team's members or key takes its row first, and several in the order of their ids.
 */
export async function holdTeams(trx: Trx, enterpriseId: string, teamIds: Iterable<string>): Promise<Map<string, HeldTeam>> {
  const answers = await Promise.all([...new Set(teamIds)].toSorted().map((id) => lockRow(trx, { id, enterpriseId })))
  const rows = answers.flatMap(({ rows: [row] }) => (row ? [row] : []))
  return new Map(
    rows.map(({ id, node_id: nodeId, key_epoch: keyEpoch, rotation_due: due, name, status }) => [
      id,
      { id, nodeId, name, status, keyEpoch, rotationDue: due === 1 },
    ]),
  )
}

/** @throws AppError `not_found` */
export async function holdTeam(trx: Trx, enterpriseId: string, teamId: string): Promise<HeldTeam> {
  const team = (await holdTeams(trx, enterpriseId, [teamId])).get(teamId)
  if (!team) throw new AppError('not_found', `There is no team ${teamId}: the directory may have taken it away meanwhile.`)
  return team
}

const selectHeld = prepare<{ userId: string; teamIds: string }>()((db, p, dialect) =>
  db
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select('t.id')
    .where('m.user_id', '=', p.userId)
    .where('m.team_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.teamIds)).select('ids.value'))
    .where('m.state', '=', sql.lit('active'))
    .whereRef('m.epoch', '=', 't.key_epoch'),
)

/** Those of these teams whose newest key the caller holds as a member. */
export async function teamsHeldBy(db: Db, caller: ApprovingCaller, teamIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (caller.kind !== 'user') return new Set()
  const { rows } = await selectHeld(db, { userId: caller.userId, teamIds: JSON.stringify(teamIds) })
  return new Set(rows.map(({ id }) => id))
}

/** Every team, archived ones apart, whose newest key the caller holds as a member. */
export async function allTeamsHeldBy(db: Db, caller: ApprovingCaller): Promise<string[]> {
  if (caller.kind !== 'user') return []
  const rows = await db
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select('t.id')
    .where('m.user_id', '=', caller.userId)
    .where('m.state', '=', 'active')
    .whereRef('m.epoch', '=', 't.key_epoch')
    .where('t.archived_at', 'is', null)
    .execute()
  return rows.map(({ id }) => id)
}
