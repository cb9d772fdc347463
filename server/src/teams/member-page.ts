import type { Db, MembershipState, Millis, UserStatus } from '../storage/database.ts'
import { type Page, readPage, type WantedPage } from '../storage/page.ts'

/** Somebody on a team, as the console shows them. */
export interface MemberRow {
  userId: string
  email: string
  status: UserStatus
  membership: MembershipState
  epoch: number | null
  since: Millis
  grantedBy: string | null
  grantedAt: Millis | null
}

/** A page of the members of a team, deleted people apart, in the order of their ids. */
export function readMemberPage(
  db: Db,
  teamId: string,
  query: WantedPage & { state?: MembershipState | undefined },
): Promise<Page<MemberRow>> {
  return readPage(
    query,
    ({ userId }) => userId,
    async ({ from, backwards, limit }) => {
      const rows = await db
        .selectFrom('memberships as m')
        .innerJoin('users as u', 'u.id', 'm.user_id')
        .select(['u.id', 'u.email', 'u.status', 'm.state', 'm.epoch', 'm.created_at', 'm.granted_by', 'm.granted_at'])
        .where('m.team_id', '=', teamId)
        .where('u.deleted_at', 'is', null)
        .$if(query.state !== undefined, (members) => members.where('m.state', '=', query.state ?? 'active'))
        // Of both tables, as in read-members.ts.
        .$if(from !== undefined, (members) =>
          members.where('m.user_id', backwards ? '<' : '>', from ?? '').where('u.id', backwards ? '<' : '>', from ?? ''),
        )
        .orderBy('m.user_id', backwards ? 'desc' : 'asc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        userId: row.id,
        email: row.email,
        status: row.status,
        membership: row.state,
        epoch: row.epoch === 0 ? null : row.epoch,
        since: row.created_at,
        grantedBy: row.granted_by,
        grantedAt: row.granted_at,
      }))
    },
  )
}
