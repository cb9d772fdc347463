import type { Person, User } from '../../users/user.ts'
import type { JsonObject } from '../json-value.ts'
import type { NamedId, StoredUser } from '../present.ts'
import { primaryEmail, type ScimUser } from './user-resource.ts'

/** A directory's User in the words of the vault. */
export function toPerson(user: ScimUser): Person {
  return {
    userName: user.userName,
    externalId: user.externalId ?? null,
    displayName: user.displayName ?? null,
    primaryEmail: primaryEmail(user) ?? null,
    active: user.active,
    resource: JSON.stringify(user.rest),
  }
}

/** A user as the directory last described it, for a PATCH to work on. */
export function toScimUser(user: User): ScimUser {
  return {
    userName: user.email,
    externalId: user.external_id ?? undefined,
    displayName: user.display_name ?? undefined,
    active: user.status !== 'locked',
    rest: restOf(user),
  }
}

/** What is shown of a user. `groups` undefined leaves them out; `rest` spares the reading of what was just written. */
export function toStoredUser(user: User, groups: readonly NamedId[] | undefined, rest: JsonObject = restOf(user)): StoredUser {
  return {
    id: user.id,
    userName: user.email,
    externalId: user.external_id,
    displayName: user.display_name,
    active: user.status !== 'locked',
    rest,
    groups,
    createdAt: user.created_at,
    updatedAt: user.updated_at,
    version: user.version,
  }
}

function restOf(user: User): JsonObject {
  return JSON.parse(user.resource)
}
