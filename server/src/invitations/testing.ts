import type { Db, Millis } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { write } from '../storage/write.ts'
import type { Invitee } from './invite.ts'

/** A time for tests to start at: 1 March 2026, 12:00 UTC. */
export const NOON: Millis = Date.UTC(2026, 2, 1, 12)

/** An invited user in a new enterprise, as the rows stand after POST /Users but for the invitation. */
export async function addUser(
  db: Db,
  { email = 'ada@example.com', firstName, enterpriseName = 'Acme' }: { email?: string; firstName?: string; enterpriseName?: string } = {},
): Promise<Invitee> {
  const [id, enterpriseId, nodeId] = [newId(), newId(), newId()]
  await write(db, async (trx) => {
    await trx.insertInto('enterprises').values({ id: enterpriseId, name: enterpriseName, retention_ms: 0, created_at: NOON }).execute()
    await trx
      .insertInto('nodes')
      .values({ id: nodeId, enterprise_id: enterpriseId, parent_id: null, name: 'Root', created_at: NOON })
      .execute()
    await trx
      .insertInto('users')
      .values({
        id,
        enterprise_id: enterpriseId,
        node_id: nodeId,
        email,
        email_key: email.toLowerCase(),
        external_id: null,
        display_name: null,
        display_name_key: null,
        status: 'invited',
        registered_at: null,
        email_differs: 0,
        version: 1,
        created_at: NOON,
        updated_at: NOON,
        deleted_at: null,
        resource: JSON.stringify(firstName === undefined ? {} : { name: { givenName: firstName, familyName: 'Lovelace' } }),
      })
      .execute()
  })
  return { id, enterpriseId, email }
}
