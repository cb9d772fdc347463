import type { Db } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'

/** Members in one page: what is held in memory of a team, however large it is. */
const PAGE = 1_000

const selectMembers = prepare<{ teamId: string; after: string; limit: number }>()((db, p) =>
  db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email as name'])
    .where('memberships.team_id', '=', p.teamId)
    .where('memberships.user_id', '>', p.after)
    // The same again: PostgreSQL may merge both tables by id, and would begin with the first user on every page.
    .where('users.id', '>', p.after)
    .where('users.deleted_at', 'is', null)
    .orderBy('memberships.user_id')
    .limit(p.limit),
)

/** The members of a team, pending ones included, in pages and in the order of their ids. An empty team gives no page. */
export async function* readMembers(db: Db, teamId: string): AsyncGenerator<{ id: string; name: string }[]> {
  for (let after = ''; ; ) {
    const { rows } = await selectMembers(db, { teamId, after, limit: PAGE })
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (rows.length < PAGE || !last) return
    after = last.id
  }
}

/** The ids of everybody on a team, pending ones included. */
export async function memberIdsOf(db: Db, teamId: string): Promise<string[]> {
  const rows = await db.selectFrom('memberships').select('user_id').where('team_id', '=', teamId).orderBy('user_id').execute()
  return rows.map((row) => row.user_id)
}
