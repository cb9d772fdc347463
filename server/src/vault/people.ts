import type { Person } from '@claviger/contract/api/vault.ts'
import { UserId } from '@claviger/contract/ids.ts'
import { PublicIdentity } from '@claviger/contract/public-keys.ts'
import type { Db } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'

/** People and teams in one answer. */
const MOST_FOUND = 20

/** The last code point of the BMP's private use area sorts behind every letter that addresses and names begin with. */
const BEHIND = '\uf8ff'

/** The registered people among these, with their public keys, in the order of ids. */
export async function peopleOf(db: Db, userIds: readonly string[]): Promise<Person[]> {
  if (userIds.length === 0) return []
  const rows = await people(db)
    .where('u.id', 'in', [...userIds])
    .orderBy('u.id')
    .execute()
  return rows.map(personOf)
}

/** Registered people whose address begins so, and active teams whose name does, of the caller's enterprise. */
export async function findRecipients(db: Db, { enterpriseId }: { enterpriseId: string }, text: string) {
  const key = textKey(text)
  const found = await people(db)
    .where('u.enterprise_id', '=', enterpriseId)
    .where('u.deleted_at', 'is', null)
    .where('u.email_key', '>=', key)
    .where('u.email_key', '<', `${key}${BEHIND}`)
    .orderBy('u.email_key')
    .limit(MOST_FOUND)
    .execute()
  const teams = await db
    .selectFrom('teams')
    .select(['id', 'name'])
    .where('enterprise_id', '=', enterpriseId)
    .where('status', '=', 'active')
    .where('name_key', '>=', key)
    .where('name_key', '<', `${key}${BEHIND}`)
    .orderBy('name_key')
    .limit(MOST_FOUND)
    .execute()
  return { people: found.map(personOf), teams }
}

function people(db: Db) {
  return db
    .selectFrom('users as u')
    .innerJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'u.email', 'a.signing_key', 'a.encryption_key', 'a.key_binding'])
}

function personOf(row: { id: string; email: string; signing_key: string; encryption_key: string; key_binding: string }): Person {
  const identity = PublicIdentity.parse({ signingKey: row.signing_key, encryptionKey: row.encryption_key, keyBinding: row.key_binding })
  return { userId: UserId.parse(row.id), email: row.email, identity }
}
