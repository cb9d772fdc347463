import type { ProvenNodeId } from '../nodes/scope.ts'
import type { Db, UserStatus } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'

/** A user as lists show them: without first and last name (story 8). */
export interface ListedUser {
  id: string
  email: string
  status: UserStatus
  /** The directory's primary e-mail differs from the address that the user signs in with. */
  emailDiffers: boolean
}

/** The next users of a node in the order of their ids, after the id `after` ('' for the first); fewer than `limit` at the end. */
export async function listUsers(db: Db, nodeId: ProvenNodeId, after: string, limit: number): Promise<ListedUser[]> {
  const rows = await db
    .selectFrom('users')
    .select(['id', 'email', 'status', 'email_differs'])
    .where('node_id', '=', nodeId)
    .where('deleted_at', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ email_differs: differs, ...user }) => ({ ...user, emailDiffers: differs === 1 }))
}

/** Where the user of this e-mail address or id is, in any node of the installation; undefined where there is none. */
export async function locateUser(db: Db, emailOrId: string): Promise<{ id: string; nodeId: string } | undefined> {
  const row = await db
    .selectFrom('users')
    .select(['id', 'node_id'])
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('email_key', '=', textKey(emailOrId)), eb('id', '=', emailOrId.trim().toLowerCase())]))
    .executeTakeFirst()
  return row && { id: row.id, nodeId: row.node_id }
}
