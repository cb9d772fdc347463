import type { Resource } from './answer.ts'
import type { DirectoryKind, Operation } from './directory.ts'
import type { Failure } from './failure.ts'
import type { Talk, WireProfile } from './http.ts'
import type { Person, PersonChanges } from './person.ts'

/** A person whom the directory provisions. `id` is the server's, empty until it is known. */
export interface KnownPerson {
  person: Person
  externalId: string
  id: string
  active: boolean
  managerId: string | null
}

export interface Member {
  id: string
  userName: string
}

/** A group that the directory pushes; `members` by the server's user id. */
export interface KnownGroup {
  name: string
  id: string
  externalId: string | null
  members: Map<string, Member>
}

export interface DoneEvent {
  operation: Operation
  subject: string
  /** Found at the server rather than made. */
  linked: boolean
  leftOut: readonly string[]
  count: number
  imported: { users: number; groups: number } | null
}

/** What the administrator of one directory reads. */
export interface Words {
  done(event: DoneEvent): string
  failed(event: { operation: Operation; subject: string; failure: Failure }): string
}

/** What one directory does differently from the others. The order of requests within each act is that directory's. */
export interface Dialect {
  readonly kind: DirectoryKind
  readonly name: string
  readonly wire: WireProfile
  readonly words: Words
  readonly deletesUsers: boolean
  /** Creates without asking first, and matches only after a conflict. */
  readonly createsFirst: boolean
  /** Works from the members a group has, so those of a group that is found again have to be read. */
  readonly needsMembers: boolean
  /** Takes no list that lacks a member of ListResponse. */
  readonly strictLists: boolean
  externalId(person: Person): string
  userPath(id: string): string
  groupPath(id: string): string
  page(resources: 'Users' | 'Groups', startIndex: number): string
  test(talk: Talk): Promise<void>
  findUser(talk: Talk, person: Person): Promise<Resource | null>
  createUser(talk: Talk, known: KnownPerson): Promise<Resource>
  /** Takes over a user that was found. */
  linkUser(talk: Talk, known: KnownPerson, found: Resource): Promise<void>
  /** `known.person` is as it was before; `managerId` is the new manager's. */
  updateUser(talk: Talk, known: KnownPerson, changes: PersonChanges): Promise<void>
  setActive(talk: Talk, known: KnownPerson, active: boolean): Promise<void>
  findGroup(talk: Talk, name: string): Promise<Resource | null>
  createGroup(talk: Talk, name: string): Promise<Resource>
  /** Brings the members of a group that was just made or linked to these. */
  fillGroup(talk: Talk, group: KnownGroup, members: readonly Member[], linked: boolean): Promise<void>
  renameGroup(talk: Talk, group: KnownGroup, name: string): Promise<void>
  addMembers(talk: Talk, group: KnownGroup, members: readonly Member[]): Promise<void>
  removeMembers(talk: Talk, group: KnownGroup, members: readonly Member[]): Promise<void>
}

/** Cuts a list into pieces of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < items.length; start += size) pieces.push(items.slice(start, start + size))
  return pieces
}

/** Writes a value into a SCIM filter (RFC 7644, section 3.4.2.2: JSON's escapes). */
export function quoted(value: string): string {
  return JSON.stringify(value)
}

/** ` 2 members are not known there and were left out: …`, or nothing. */
export function leftOutWords(leftOut: readonly string[]): string {
  if (leftOut.length === 0) return ''
  const few = leftOut.slice(0, 5).join(', ')
  const who = leftOut.length === 1 ? '1 member is' : `${leftOut.length} members are`
  return ` ${who} not in the app and ${leftOut.length === 1 ? 'was' : 'were'} left out: ${few}${leftOut.length > 5 ? ' …' : ''}.`
}
