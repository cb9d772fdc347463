import { sql } from 'kysely'
import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Db, Millis, UserStatus } from '../storage/database.ts'
import { timeOfId } from '../storage/time-of-id.ts'

/** People who are not deleted, by status. */
export type UserCounts = Record<UserStatus, number>

/** Registrations that the median is taken of, at most: the latest. */
const SAMPLE = 1_000

/**
 * How many users there are in these nodes, by status, and when the oldest of those who are still invited was made; null
 * where nobody is. One pass over the index of users, aside: some 20 ms for 100,000.
 */
export async function countUsers(db: Db, reach: NodeReach): Promise<{ users: UserCounts; invitedSince: Millis | null }> {
  const having = (status: UserStatus) => sql<number>`coalesce(sum(case when status = ${status} then 1 else 0 end), 0)`
  const row = await aside(db)
    .selectFrom('users')
    .select([having('invited').as('invited'), having('active').as('active'), having('locked').as('locked')])
    .select(sql<string | null>`min(case when status = 'invited' then id end)`.as('oldest'))
    .where('enterprise_id', '=', reach.enterpriseId)
    .where('deleted_at', 'is', null)
    // Not the bare column, as in page.ts.
    .$if(!reach.isWhole, (users) => users.where(sql<string>`(node_id || '')`, 'in', reach.nodes))
    .executeTakeFirstOrThrow()
  const users = { invited: Number(row.invited), active: Number(row.active), locked: Number(row.locked) }
  return { users, invitedSince: row.oldest === null ? null : timeOfId(row.oldest) }
}

/**
 * How many users each node has, by status; nodes without any are not in it. Reads the index of the users once and
 * sorts it, aside: some 100 ms for 100,000.
 */
export async function countUsersByNode(db: Db, { enterpriseId }: Pick<NodeReach, 'enterpriseId'>): Promise<Map<string, UserCounts>> {
  const rows = await aside(db)
    .selectFrom('users')
    .select(({ fn }) => ['node_id', 'status', fn.countAll<number>().as('users')])
    .where('enterprise_id', '=', enterpriseId)
    .where('deleted_at', 'is', null)
    .groupBy(['node_id', 'status'])
    .execute()
  const counts = new Map<string, UserCounts>()
  for (const { node_id: nodeId, status, users } of rows) {
    counts.set(nodeId, { ...(counts.get(nodeId) ?? { invited: 0, active: 0, locked: 0 }), [status]: Number(users) })
  }
  return counts
}

/**
 * How long it took people from the directory's assignment to their registration: the median of the latest 1,000 who
 * registered since `since`. An indexed range, newest first.
 */
export async function timeToAccess(db: Db, reach: NodeReach, since: Millis): Promise<{ medianMillis: Millis | null; people: number }> {
  const rows = await aside(db)
    .selectFrom('users')
    .select(sql<number>`registered_at - created_at`.as('took'))
    .where('enterprise_id', '=', reach.enterpriseId)
    .where('registered_at', 'is not', null)
    .where('registered_at', '>=', since)
    .where('deleted_at', 'is', null)
    .$if(!reach.isWhole, (query) => query.where('node_id', 'in', reach.nodes))
    .orderBy('registered_at', 'desc')
    .limit(SAMPLE)
    .execute()
  const took = rows.map((row) => Math.max(0, Number(row.took))).toSorted((a, b) => a - b)
  const upper = took[took.length >> 1]
  if (upper === undefined) return { medianMillis: null, people: 0 }
  const lower = took[(took.length - 1) >> 1] ?? upper
  return { medianMillis: Math.round((lower + upper) / 2), people: took.length }
}
