import { record } from '../audit/record.ts'
import { invite } from '../invitations/invite.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Trx } from '../storage/database.ts'
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
  const registered = retained.registered_at !== null
  const status = person.active === false ? 'locked' : registered ? 'active' : 'invited'
  const user = await trx
    .updateTable('users')
    .set((eb) => ({
      email,
      email_key: textKey(email),
      display_name: person.displayName,
      display_name_key: person.displayName === null ? null : textKey(person.displayName),
      status,
      email_differs: emailDiffers ? 1 : 0,
      resource: person.resource,
      deleted_at: null,
      updated_at: scope.at,
      version: eb('version', '+', 1),
    }))
    .where('id', '=', retained.id)
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
