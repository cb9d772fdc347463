import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { invite } from '../invitations/invite.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Trx, UserStatus } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'
import { textKey } from '../storage/text-key.ts'
import { isUniqueViolation } from '../storage/violation.ts'
import { rejoinFolders } from '../vault/leave.ts'
import { endAccess } from './end-access.ts'
import { type Person, taken, type User } from './user.ts'

const selectRetained = prepare<{ nodeId: string; emailKey: string }>()((db, p) =>
  db
    .selectFrom('users')
    .selectAll()
    .where('email_key', '=', p.emailKey)
    .where('node_id', '=', p.nodeId)
    .where('deleted_at', 'is not', null)
    .orderBy('deleted_at', 'desc'),
)

/**
 * The retained account of the person whom the directory now creates again: same address and same externalId (or neither
 * has one). A recycled address with another externalId is another person, and gets nothing of it.
 */
export async function findRetained(db: Db, scope: Scope, email: string, externalId: string | null): Promise<User | undefined> {
  const { rows } = await selectRetained(db, { nodeId: scope.nodeId, emailKey: textKey(email) })
  return rows.find((user) => user.external_id === externalId)
}

/** Gives the account back. Teams are not: the directory says anew who is on which. @throws AppError `uniqueness` */
export async function restoreUser(
  trx: Trx,
  scope: Scope,
  retained: User,
  person: Person,
  { email, emailDiffers }: { email: string; emailDiffers: boolean },
): Promise<User> {
  return giveBack(trx, scope, {
    ...retained,
    email,
    email_key: textKey(email),
    display_name: person.displayName,
    display_name_key: person.displayName === null ? null : textKey(person.displayName),
    status: person.active === false ? 'locked' : openStatus(retained),
    email_differs: emailDiffers ? 1 : 0,
    resource: person.resource,
  })
}

/**
 * Gives a deleted user the account back as it was, as an administrator: unlocked, whatever it was before.
 * @returns also whether a directory provisions the node
 * @throws AppError `not_found` where the retention is over, `conflict` for who is not deleted, `uniqueness`
 */
export async function restoreDeleted(trx: Trx, scope: Scope, userId: string): Promise<{ user: User; directory: boolean }> {
  const retained = await trx.selectFrom('users').selectAll().where('id', '=', userId).where('node_id', '=', scope.nodeId).executeTakeFirst()
  if (!retained) throw new AppError('not_found', 'This user was removed for good meanwhile, or moved.')
  if (retained.deleted_at === null) throw new AppError('conflict', `${retained.email} is not deleted.`)
  const user = await giveBack(trx, scope, { ...retained, status: openStatus(retained) })
  const method = await trx
    .selectFrom('provisioning_methods')
    .select('id')
    .where('node_id', '=', scope.nodeId)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return { user, directory: method !== undefined }
}

function openStatus({ registered_at: registeredAt }: User): UserStatus {
  return registeredAt === null ? 'invited' : 'active'
}

async function giveBack(trx: Trx, scope: Scope, wanted: User): Promise<User> {
  const { id, email, email_key, display_name, display_name_key, status, email_differs, resource } = wanted
  const user = await trx
    .updateTable('users')
    .set((eb) => ({
      ...{ email, email_key, display_name, display_name_key, status, email_differs, resource },
      deleted_at: null,
      updated_at: scope.at,
      version: eb('version', '+', 1),
    }))
    .where('id', '=', id)
    .where('deleted_at', 'is not', null)
    .returningAll()
    .executeTakeFirst()
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? taken(email, error) : error
    })
  // Another request that came with this one has given it back already.
  if (!user) throw taken(email)
  // On PostgreSQL a team that was given this member while the directory deleted them still names them.
  await trx.deleteFrom('memberships').where('user_id', '=', user.id).execute()
  await endAccess(trx, user, scope.actor, scope.at)
  await rejoinFolders(trx, user.id)
  if (status === 'invited') await invite(trx, { id: user.id, enterpriseId: user.enterprise_id, email }, scope.at)
  await count(trx, scope.nodeId, { users: 1 })
  await record(trx, { ...scope, action: 'user.restored', subjectKind: 'user', subjectId: user.id, detail: { email, status } })
  await announce(trx, { enterpriseId: user.enterprise_id, kind: 'user', subjectId: user.id, at: scope.at })
  return user
}
