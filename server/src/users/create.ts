import { record } from '../audit/record.ts'
import { invite } from '../invitations/invite.ts'
import { count } from '../nodes/counts.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { EmailPolicy, Trx, UserStatus } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'
import { textKey } from '../storage/text-key.ts'
import { identityOf } from './person.ts'
import { findRetained, restoreUser } from './restore.ts'
import { type Person, taken, type User } from './user.ts'

export interface NewUser {
  email: string
  externalId: string | null
  displayName: string | null
  status: UserStatus
  emailDiffers: boolean
  resource: string
}

export interface Created {
  user: User
  /** The directory had deleted this person before: the account is back, with its id. */
  restored: boolean
}

/**
 * Makes the user whom a directory describes: invited, or locked where the directory says that they are not active. The
 * person it deleted before (same userName and externalId) gets the retained account back.
 * @throws AppError `invalid_value` as identityOf does, `uniqueness` where the e-mail address is taken.
 */
export async function createUser(trx: Trx, scope: Scope, person: Person, policy: EmailPolicy): Promise<Created> {
  const { email, emailDiffers } = identityOf(person, policy)
  const retained = await findRetained(trx, scope, email, person.externalId)
  if (retained) return { user: await restoreUser(trx, scope, retained, person, { email, emailDiffers }), restored: true }
  const status = person.active === false ? 'locked' : 'invited'
  const { externalId, displayName, resource } = person
  const user = await insertUser(trx, scope, { email, externalId, displayName, status, emailDiffers, resource })
  await Promise.all([
    status === 'invited' && invite(trx, { id: user.id, enterpriseId: user.enterprise_id, email }, scope.at),
    count(trx, scope.nodeId, { users: 1 }),
    record(trx, { ...scope, action: 'user.created', subjectKind: 'user', subjectId: user.id, detail: { email, status } }),
    announce(trx, { enterpriseId: user.enterprise_id, kind: 'user', subjectId: user.id, at: scope.at }),
  ])
  return { user, restored: false }
}

const insertRow = prepare<User>()((db, p) =>
  db
    .insertInto('users')
    .values({
      id: p.id,
      enterprise_id: p.enterprise_id,
      node_id: p.node_id,
      email: p.email,
      email_key: p.email_key,
      external_id: p.external_id,
      display_name: p.display_name,
      display_name_key: p.display_name_key,
      status: p.status,
      registered_at: p.registered_at,
      email_differs: p.email_differs,
      version: p.version,
      created_at: p.created_at,
      updated_at: p.updated_at,
      deleted_at: p.deleted_at,
      resource: p.resource,
    })
    // The unique index decides between parallel creates: a check before the insert would let both through.
    .onConflict((conflict) => conflict.doNothing()),
)

/** The row alone. @throws AppError `uniqueness` */
export async function insertUser(trx: Trx, scope: Scope, wanted: NewUser): Promise<User> {
  const user: User = {
    id: newId(),
    enterprise_id: scope.enterpriseId,
    node_id: scope.nodeId,
    email: wanted.email,
    email_key: textKey(wanted.email),
    external_id: wanted.externalId,
    display_name: wanted.displayName,
    display_name_key: wanted.displayName === null ? null : textKey(wanted.displayName),
    status: wanted.status,
    registered_at: null,
    email_differs: wanted.emailDiffers ? 1 : 0,
    version: 1,
    created_at: scope.at,
    updated_at: scope.at,
    deleted_at: null,
    resource: wanted.resource,
  }
  const { changes } = await insertRow(trx, user)
  if (changes === 0) throw taken(wanted.email)
  return user
}
