import { sql } from 'kysely'
import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

const selectFew = prepare<{ userIds: string; most: number }>()((db, p, dialect) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom(idsOf(dialect, p.userIds))
        // Cross joins keep this order: from the few users to their memberships to the teams.
        .crossJoin('memberships')
        .whereRef('memberships.user_id', '=', 'ids.value')
        .crossJoin('teams')
        .whereRef('teams.id', '=', 'memberships.team_id')
        .where('teams.archived_at', 'is', null)
        .select(['memberships.user_id', 'teams.id', 'teams.name'])
        .select([
          sql<number>`row_number() over (partition by memberships.user_id order by teams.name_key, teams.id)`.as('position'),
          sql<number>`count(*) over (partition by memberships.user_id)`.as('teams'),
        ])
        .as('ranked'),
    )
    .selectAll()
    .where('position', '<=', p.most)
    .orderBy('user_id')
    .orderBy('position'),
)

/** Some teams of each of these users, by name and at most `most`, and how many they are on; users on none are not in the map. */
export async function fewTeamsOfUsers(
  db: Db,
  userIds: readonly string[],
  most: number,
): Promise<Map<string, { teams: { id: string; name: string }[]; count: number }>> {
  const found = new Map<string, { teams: { id: string; name: string }[]; count: number }>()
  if (userIds.length === 0) return found
  const { rows } = await selectFew(db, { userIds: JSON.stringify(userIds), most })
  for (const { user_id: userId, id, name, teams: count } of rows) {
    const known = found.get(userId)
    if (known) known.teams.push({ id, name })
    else found.set(userId, { teams: [{ id, name }], count: Number(count) })
  }
  return found
}
