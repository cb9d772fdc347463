import type { ProvenNodeId } from '../nodes/scope.ts'
import type { Db, MembershipState, TeamStatus } from '../storage/database.ts'

export interface ListedTeam {
  id: string
  name: string
  status: TeamStatus
}

export interface ListedMember {
  userId: string
  email: string
  /** Of the membership, not of the user. */
  status: MembershipState
}

/** The next teams of a node, archived ones apart, in the order of their ids, after the id `after` ('' for the first). */
export function listTeams(db: Db, nodeId: ProvenNodeId, after: string, limit: number): Promise<ListedTeam[]> {
  return db
    .selectFrom('teams')
    .select(['id', 'name', 'status'])
    .where('node_id', '=', nodeId)
    .where('archived_at', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** The next members of a team that listTeams gave, in the order of the users' ids, after the id `after` ('' for the first). */
export function listMembers(db: Db, teamId: string, after: string, limit: number): Promise<ListedMember[]> {
  return (
    db
      .selectFrom('memberships')
      .innerJoin('users', 'users.id', 'memberships.user_id')
      .select(['users.id as userId', 'users.email', 'memberships.state as status'])
      .where('memberships.team_id', '=', teamId)
      .where('memberships.user_id', '>', after)
      // The same again, as in read-members.ts.
      .where('users.id', '>', after)
      .where('users.deleted_at', 'is', null)
      .orderBy('memberships.user_id')
      .limit(limit)
      .execute()
  )
}
