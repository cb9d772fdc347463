import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Db, TeamStatus } from '../storage/database.ts'

export type TeamCounts = Record<TeamStatus, number>

/** How many teams each node has, by status; nodes without any are not in it. Teams are few: all of their rows are read, aside. */
export async function countTeamsByNode(db: Db, { enterpriseId }: Pick<NodeReach, 'enterpriseId'>): Promise<Map<string, TeamCounts>> {
  const rows = await aside(db)
    .selectFrom('teams')
    .select(({ fn }) => ['node_id', 'status', fn.countAll<number>().as('teams')])
    .where('enterprise_id', '=', enterpriseId)
    .groupBy(['node_id', 'status'])
    .execute()
  const counts = new Map<string, TeamCounts>()
  for (const { node_id: nodeId, status, teams } of rows) {
    counts.set(nodeId, { ...(counts.get(nodeId) ?? { pending: 0, active: 0, archived: 0 }), [status]: Number(teams) })
  }
  return counts
}
