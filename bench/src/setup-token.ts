import { setupLink } from '@claviger/server/invitations/link.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { loadSecret } from '@claviger/server/storage/secrets.ts'

/** What the link holds with which the first administrator of a store sets up. */
export async function setupToken(location: string): Promise<string> {
  const db = await openDatabase(location)
  const { id } = await db.selectFrom('invitations').select('id').where('purpose', '=', 'setup').executeTakeFirstOrThrow()
  const link = setupLink(await loadSecret(db, 'invitations'), 'http://localhost', id)
  await closeDatabase(db)
  return new URL(link).hash.slice(1)
}
