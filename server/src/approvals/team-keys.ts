import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { type ApprovingCaller, approvedNodes, requireLog } from './caller.ts'

/** A team's key of an epoch, as somebody was given it. */
export interface HeldTeamKey {
  readonly teamId: string
  readonly epoch: number
  readonly grant: SignedStatement
}

const selectOwn = prepare<{ userId: string }>()((db, p) =>
  db
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['m.team_id', 'm.epoch', 'm.key_grant'])
    .where('m.user_id', '=', p.userId)
    .where('m.key_grant', 'is not', null)
    .where('t.archived_at', 'is', null)
    .orderBy('m.team_id'),
)

/** The team keys that a member was given. An archived team's are withheld, and nothing of them is lost. */
export async function teamKeysOf(db: Db, caller: ApprovingCaller): Promise<HeldTeamKey[]> {
  if (caller.kind !== 'user') return []
  const { rows } = await selectOwn(db, { userId: caller.userId })
  return rows.map(({ team_id: teamId, epoch, key_grant: text }) => ({ teamId, epoch, grant: readGrantText(text) }))
}

const selectOfApprovers = prepare<{ teamIds: string; holderId: string; enterpriseId: string }>()((db, p, dialect) =>
  db
    .selectFrom(idsOf(dialect, p.teamIds))
    // Cross joins keep this order: from the few teams to their keys.
    .crossJoin('teams as t')
    .whereRef('t.id', '=', 'ids.value')
    .where('t.enterprise_id', '=', p.enterpriseId)
    .where('t.archived_at', 'is', null)
    .crossJoin('team_grants as g')
    .whereRef('g.team_id', '=', 't.id')
    .innerJoin('held_keys as h', (join) =>
      join
        .on('h.enterprise_id', '=', p.enterpriseId)
        .on('h.kind', '=', 'approver-key')
        .onRef('h.epoch', '=', 'g.approver_epoch')
        .on('h.holder_id', '=', p.holderId),
    )
    .select(['t.node_id', 'g.team_id', 'g.epoch', 'g.approver_epoch', 'g.key_grant']),
)

/** The keys of these teams that the caller can open with an approver key; those of teams outside their nodes are left out. */
export async function approverGrants(
  db: Db,
  caller: ApprovingCaller,
  teamIds: readonly string[],
): Promise<(HeldTeamKey & { approverEpoch: number })[]> {
  const nodes = await approvedNodes(db, caller, await requireLog(db, caller), ['teams', 'memberships'])
  const holderId = caller.kind === 'user' ? caller.userId : caller.automatorId
  const { rows } = await selectOfApprovers(db, { teamIds: JSON.stringify(teamIds), holderId, enterpriseId: caller.enterpriseId })
  return rows
    .filter((row) => nodes.has(row.node_id))
    .map(({ team_id: teamId, epoch, approver_epoch: approverEpoch, key_grant: text }) => ({
      teamId,
      epoch,
      approverEpoch,
      grant: readGrantText(text),
    }))
}

function readGrantText(text: string | null): SignedStatement {
  return SignedStatement.parse(JSON.parse(text ?? 'null'))
}
