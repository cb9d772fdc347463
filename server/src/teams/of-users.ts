import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

const selectTeams = prepare<{ userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom(idsOf(dialect, p.userIds))
    // Cross joins keep this order: from the few users to their memberships to the teams.
    .crossJoin('memberships')
    .whereRef('memberships.user_id', '=', 'ids.value')
    .crossJoin('teams')
    .whereRef('teams.id', '=', 'memberships.team_id')
    .where('teams.archived_at', 'is', null)
    .select(['memberships.user_id', 'teams.id', 'teams.name'])
    .orderBy('teams.id'),
)

/** The teams, archived ones apart, that each of these users is on or is to be on; users on none are not in the map. */
export async function teamsOfUsers(db: Db, userIds: readonly string[]): Promise<Map<string, { id: string; name: string }[]>> {
  const teams = new Map<string, { id: string; name: string }[]>()
  if (userIds.length === 0) return teams
  const { rows } = await selectTeams(db, { userIds: JSON.stringify(userIds) })
  for (const { user_id: userId, id, name } of rows) {
    const known = teams.get(userId)
    if (known) known.push({ id, name })
    else teams.set(userId, [{ id, name }])
  }
  return teams
}
