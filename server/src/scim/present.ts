import type { JsonDraft, JsonObject } from './json-value.ts'
import { ENTERPRISE_USER_URN } from './schemas/enterprise-user.ts'
import { GROUP_URN } from './schemas/group.ts'
import { USER_URN } from './schemas/user.ts'

/** What is shown of a user, as the store has it. Times are integer milliseconds. */
export interface StoredUser {
  readonly id: string
  readonly userName: string
  readonly externalId: string | null
  readonly displayName: string | null
  readonly active: boolean
  /** `ScimUser.rest`. */
  readonly rest: JsonObject
  /** The teams the user is on. Undefined leaves `groups` out, for a projection that does not want it. */
  readonly groups: readonly NamedId[] | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

export interface StoredGroup {
  readonly id: string
  readonly displayName: string
  readonly externalId: string | null
  /** Undefined leaves `members` out, for a projection that does not want it. */
  readonly members: readonly NamedId[] | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** A user with the e-mail address, or a group with the name. */
export interface NamedId {
  readonly id: string
  readonly name: string
}

const userSchemas = [USER_URN]
const extendedUserSchemas = [USER_URN, ENTERPRISE_USER_URN]
const groupSchemas = [GROUP_URN]

/** The User resource (RFC 7643 §4.1). `base` is the base URL of the method, without a slash at its end. */
export function presentUser(user: StoredUser, base: string): JsonObject {
  const shown: JsonDraft = {
    schemas: ENTERPRISE_USER_URN in user.rest ? extendedUserSchemas : userSchemas,
    id: user.id,
  }
  if (user.externalId !== null) shown['externalId'] = user.externalId
  shown['userName'] = user.userName
  if (user.displayName !== null) shown['displayName'] = user.displayName
  shown['active'] = user.active
  Object.assign(shown, user.rest)
  if (user.groups !== undefined && user.groups.length > 0) {
    shown['groups'] = user.groups.map(({ id, name }) => ({ value: id, $ref: groupLocation(base, id), display: name, type: 'direct' }))
  }
  shown['meta'] = meta('User', userLocation(base, user.id), user)
  return shown
}

/** The Group resource (RFC 7643 §4.2). An empty group shows `members: []`: authentik needs it. */
export function presentGroup(group: StoredGroup, base: string): JsonObject {
  const shown: JsonDraft = { schemas: groupSchemas, id: group.id }
  if (group.externalId !== null) shown['externalId'] = group.externalId
  shown['displayName'] = group.displayName
  if (group.members !== undefined) shown['members'] = group.members.map((member) => presentMember(member, base))
  shown['meta'] = meta('Group', groupLocation(base, group.id), group)
  return shown
}

/** One element of `members`, for a response that is streamed. */
export function presentMember(user: NamedId, base: string): JsonObject {
  return { value: user.id, $ref: userLocation(base, user.id), type: 'User', display: user.name }
}

/** The weak ETag of a version number (RFC 7644 §3.14), as it stands in `meta.version` and in the header. */
export function etag(version: number): string {
  return `W/"${version}"`
}

export function userLocation(base: string, id: string): string {
  return `${base}/Users/${id}`
}

export function groupLocation(base: string, id: string): string {
  return `${base}/Groups/${id}`
}

function meta(resourceType: string, location: string, of: { createdAt: number; updatedAt: number; version: number }): JsonObject {
  return {
    resourceType,
    created: new Date(of.createdAt).toISOString(),
    lastModified: new Date(of.updatedAt).toISOString(),
    location,
    version: etag(of.version),
  }
}
