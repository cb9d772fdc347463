import type { Failure } from './failure.ts'
import type { Exchange } from './http.ts'
import type { Person, PersonChanges } from './person.ts'

export const DIRECTORY_KINDS = ['okta', 'entra', 'onelogin', 'jumpcloud', 'authentik'] as const
export type DirectoryKind = (typeof DIRECTORY_KINDS)[number]

export type Operation =
  | 'test'
  | 'assign'
  | 'update'
  | 'deactivate'
  | 'reactivate'
  | 'delete'
  | 'push-group'
  | 'rename-group'
  | 'add-members'
  | 'remove-members'
  | 'unpush-group'
  | 'import'
  | 'send'

/** What came of one operation. */
export interface Outcome {
  ok: boolean
  operation: Operation
  /** The userName or the group's name; empty for test and import. */
  subject: string
  /** What the directory's administrator sees, in plain words. */
  seen: string
  /** The server's own words, or what to check; null when all went well. */
  detail: string | null
  failure: Failure | null
  /** The server's id of the user or group. */
  id: string | null
  /** Members that the directory could not push because the server does not know them. */
  leftOut: string[]
  imported: { users: number; groups: number } | null
  exchanges: Exchange[]
}

export interface Group {
  name: string
  /** userNames. */
  members: string[]
}

/**
 * A directory that provisions one server. Nothing here throws for what a server or the network does: that is in the outcome.
 * People are named by their userName and groups by their name; whoever is not known yet is matched at the server first.
 */
export interface Directory {
  readonly kind: DirectoryKind
  /** As its makers write it. */
  readonly name: string
  /** Whether this directory ever sends DELETE for a user. */
  readonly deletesUsers: boolean
  test(): Promise<Outcome>
  assign(person: Person): Promise<Outcome>
  update(userName: string, changes: PersonChanges): Promise<Outcome>
  deactivate(userName: string): Promise<Outcome>
  reactivate(userName: string): Promise<Outcome>
  delete(userName: string): Promise<Outcome>
  pushGroup(group: Group): Promise<Outcome>
  renameGroup(name: string, newName: string): Promise<Outcome>
  addMembers(name: string, userNames: readonly string[]): Promise<Outcome>
  removeMembers(name: string, userNames: readonly string[]): Promise<Outcome>
  unpushGroup(name: string): Promise<Outcome>
  import(): Promise<Outcome>
  /** Sends one request as it is, with this directory's headers. For what no verb covers. */
  send(method: string, path: string, body?: unknown): Promise<Outcome>
  /** The server's id of a user or group that this directory has matched; null when it has not. */
  idOf(kind: 'user' | 'group', name: string): string | null
  /** Requests sent so far, tries included. */
  requests(): number
  /** Closes the kept-alive connections. */
  close(): void
}
