import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Db } from '../storage/database.ts'

/** How many active users of each node have a second factor; nodes without any are not in it. Reads the second factors that there are, aside. */
export async function countWithFactorByNode(db: Db, { enterpriseId }: Pick<NodeReach, 'enterpriseId'>): Promise<Map<string, number>> {
  const rows = await aside(db)
    .selectFrom('second_factors as factor')
    .innerJoin('users as u', 'u.id', 'factor.user_id')
    .select(({ fn }) => ['u.node_id', fn.count<number>('u.id').distinct().as('users')])
    .where('factor.confirmed_at', 'is not', null)
    .where('u.enterprise_id', '=', enterpriseId)
    .where('u.status', '=', 'active')
    .where('u.deleted_at', 'is', null)
    .groupBy('u.node_id')
    .execute()
  return new Map(rows.map(({ node_id: nodeId, users }) => [nodeId, Number(users)]))
}

/** Which of these users have a second factor. By the index of the second factors of a user. */
export async function usersWithFactor(db: Db, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('second_factors')
    .select('user_id')
    .where('user_id', 'in', userIds)
    .where('confirmed_at', 'is not', null)
    .execute()
  return new Set(rows.map(({ user_id: userId }) => userId))
}
