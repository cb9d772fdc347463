import { type Resource, readList, readResource, request } from './answer.ts'
import type { Dialect, KnownGroup, KnownPerson, Member } from './dialect.ts'
import type { Directory, DirectoryKind, Group, Operation, Outcome } from './directory.ts'
import { OperationFailed, unmatched, unreadable } from './failure.ts'
import { type Connection, Line, type Talk } from './http.ts'
import { groupRequired, membersOf } from './membership.ts'
import { changedPerson, changesWithConsequences, type Person, type PersonChanges, personOf } from './person.ts'

interface Done {
  subject?: string
  linked?: boolean
  id?: string
  count?: number
  leftOut?: string[]
  imported?: { users: number; groups: number }
}

/** A directory that speaks this dialect over this connection. It keeps what a directory keeps: whom and what it has matched. */
export class Provisioner implements Directory {
  readonly kind: DirectoryKind
  readonly name: string
  readonly deletesUsers: boolean
  readonly #dialect: Dialect
  readonly #line: Line
  readonly #people = new Map<string, KnownPerson>()
  readonly #groups = new Map<string, KnownGroup>()

  constructor(dialect: Dialect, connection: Connection) {
    this.kind = dialect.kind
    this.name = dialect.name
    this.deletesUsers = dialect.deletesUsers
    this.#dialect = dialect
    this.#line = new Line(connection, dialect.wire)
  }

  test(): Promise<Outcome> {
    return this.#attempt('test', '', async (talk) => {
      await this.#dialect.test(talk)
      return {}
    })
  }

  assign(person: Person): Promise<Outcome> {
    return this.#attempt('assign', person.userName, async (talk) => {
      const known = this.#known(person, '')
      const { resource, linked } = await this.#madeOrFound(
        () => this.#dialect.createUser(talk, known),
        () => this.#dialect.findUser(talk, person),
      )
      known.id = resource.id
      if (linked) await this.#dialect.linkUser(talk, known, resource)
      this.#people.set(person.userName.toLowerCase(), known)
      return { id: known.id, linked }
    })
  }

  update(userName: string, changes: PersonChanges): Promise<Outcome> {
    return this.#attempt('update', userName, async (talk) => {
      const known = await this.#person(talk, userName)
      const all = changesWithConsequences(known.person, changes)
      const managerId = await this.#managerId(talk, all.manager)
      await this.#dialect.updateUser(talk, { ...known, managerId: managerId ?? known.managerId }, all)
      known.person = changedPerson(known.person, changes)
      if (managerId !== null || all.manager === null) known.managerId = managerId
      if (all.externalId != null) known.externalId = all.externalId
      this.#people.delete(userName.toLowerCase())
      this.#people.set(known.person.userName.toLowerCase(), known)
      return { id: known.id }
    })
  }

  deactivate(userName: string): Promise<Outcome> {
    return this.#attempt('deactivate', userName, (talk) => this.#setActive(talk, userName, false))
  }

  reactivate(userName: string): Promise<Outcome> {
    return this.#attempt('reactivate', userName, (talk) => this.#setActive(talk, userName, true))
  }

  delete(userName: string): Promise<Outcome> {
    return this.#attempt('delete', userName, async (talk) => {
      if (!this.deletesUsers) {
        const detail = `${this.name} never deletes a user at the other end: it deactivates.`
        throw new OperationFailed({ kind: 'unsupported', status: null, scimType: null, detail })
      }
      const known = await this.#person(talk, userName)
      await request(talk, 'DELETE', this.#dialect.userPath(known.id))
      this.#people.delete(userName.toLowerCase())
      for (const group of this.#groups.values()) group.members.delete(known.id)
      return { id: known.id }
    })
  }

  pushGroup(group: Group): Promise<Outcome> {
    return this.#attempt('push-group', group.name, async (talk) => {
      const { resource, linked } = await this.#madeOrFound(
        () => this.#dialect.createGroup(talk, group.name),
        () => this.#dialect.findGroup(talk, group.name),
      )
      const there = linked ? membersOf(resource) : new Map<string, Member>()
      const pushed: KnownGroup = { name: group.name, id: resource.id, externalId: externalIdOf(resource), members: there }
      const { members, leftOut } = await this.#members(talk, group.members)
      await this.#dialect.fillGroup(talk, pushed, members, linked)
      pushed.members = new Map(members.map((member) => [member.id, member]))
      this.#groups.set(group.name.toLowerCase(), pushed)
      return { id: resource.id, linked, leftOut, count: members.length }
    })
  }

  renameGroup(name: string, newName: string): Promise<Outcome> {
    return this.#attempt('rename-group', name, async (talk) => {
      const group = await this.#group(talk, name)
      await this.#dialect.renameGroup(talk, group, newName)
      group.name = newName
      this.#groups.delete(name.toLowerCase())
      this.#groups.set(newName.toLowerCase(), group)
      return { id: group.id, subject: newName }
    })
  }

  addMembers(name: string, userNames: readonly string[]): Promise<Outcome> {
    return this.#attempt('add-members', name, async (talk) => {
      const group = await this.#group(talk, name)
      const { members, leftOut } = await this.#members(talk, userNames)
      if (members.length > 0) await this.#dialect.addMembers(talk, group, members)
      for (const member of members) group.members.set(member.id, member)
      return { id: group.id, leftOut, count: members.length }
    })
  }

  removeMembers(name: string, userNames: readonly string[]): Promise<Outcome> {
    return this.#attempt('remove-members', name, async (talk) => {
      const group = await this.#group(talk, name)
      const { members, leftOut } = await this.#members(talk, userNames)
      if (members.length > 0) await this.#dialect.removeMembers(talk, group, members)
      for (const member of members) group.members.delete(member.id)
      return { id: group.id, leftOut, count: members.length }
    })
  }

  unpushGroup(name: string): Promise<Outcome> {
    return this.#attempt('unpush-group', name, async (talk) => {
      const group = await this.#group(talk, name)
      await request(talk, 'DELETE', this.#dialect.groupPath(group.id))
      this.#groups.delete(name.toLowerCase())
      return { id: group.id }
    })
  }

  import(): Promise<Outcome> {
    return this.#attempt('import', '', async (talk) => {
      const users = await this.#pages(talk, 'Users')
      return { imported: { users, groups: await this.#pages(talk, 'Groups') } }
    })
  }

  send(method: string, path: string, body?: unknown): Promise<Outcome> {
    return this.#attempt('send', `${method} ${path}`, async (talk) => {
      await request(talk, method, path, body)
      return {}
    })
  }

  idOf(kind: 'user' | 'group', name: string): string | null {
    const known = kind === 'user' ? this.#people.get(name.toLowerCase()) : this.#groups.get(name.toLowerCase())
    return known?.id ?? null
  }

  requests(): number {
    return this.#line.requests
  }

  close(): void {
    this.#line.close()
  }

  async #attempt(operation: Operation, subject: string, work: (talk: Talk) => Promise<Done>): Promise<Outcome> {
    const talk = this.#line.talk()
    const { words } = this.#dialect
    try {
      const done = await work(talk)
      const { leftOut = [], imported = null, linked = false, count = 0, id = null } = done
      const seen = words.done({ operation, subject: done.subject ?? subject, linked, leftOut, count, imported })
      return { ok: true, operation, subject, seen, detail: null, failure: null, id, leftOut, imported, exchanges: talk.exchanges }
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error
      const failure = { ...error.failure, detail: this.#line.withoutToken(error.failure.detail) }
      const seen = words.failed({ operation, subject, failure })
      return {
        ok: false,
        operation,
        subject,
        seen,
        detail: failure.detail,
        failure,
        id: null,
        leftOut: [],
        imported: null,
        exchanges: talk.exchanges,
      }
    }
  }

  #known(person: Person, id: string): KnownPerson {
    const manager = person.manager === undefined ? undefined : this.#people.get(person.manager.toLowerCase())
    return { person, id, externalId: this.#dialect.externalId(person), active: true, managerId: manager?.id ?? null }
  }

  // Most ask before they make; authentik makes first, and a conflict tells it to look.
  async #madeOrFound(
    make: () => Promise<Resource>,
    find: () => Promise<Resource | null>,
  ): Promise<{ resource: Resource; linked: boolean }> {
    if (!this.#dialect.createsFirst) {
      const found = await find()
      return found === null ? { resource: await make(), linked: false } : { resource: found, linked: true }
    }
    try {
      return { resource: await make(), linked: false }
    } catch (error) {
      if (!(error instanceof OperationFailed) || error.failure.status !== 409) throw error
      const found = await find()
      if (found === null) throw error
      return { resource: found, linked: true }
    }
  }

  async #setActive(talk: Talk, userName: string, active: boolean): Promise<Done> {
    const known = await this.#person(talk, userName)
    await this.#dialect.setActive(talk, known, active)
    known.active = active
    return { id: known.id }
  }

  async #person(talk: Talk, userName: string): Promise<KnownPerson> {
    const known = this.#people.get(userName.toLowerCase()) ?? (await this.#matched(talk, userName))
    if (known === null) throw unmatched('Matching user not found.')
    return known
  }

  async #matched(talk: Talk, userName: string): Promise<KnownPerson | null> {
    const found = await this.#dialect.findUser(talk, { userName })
    if (found === null) return null
    const known = { ...this.#known(personOf(found, userName), found.id), active: found['active'] !== false }
    this.#people.set(userName.toLowerCase(), known)
    return known
  }

  async #managerId(talk: Talk, userName: string | null | undefined): Promise<string | null> {
    if (userName === undefined || userName === null || userName === '') return null
    const known = this.#people.get(userName.toLowerCase()) ?? (await this.#matched(talk, userName))
    return known?.id ?? null
  }

  async #members(talk: Talk, userNames: readonly string[]): Promise<{ members: Member[]; leftOut: string[] }> {
    const members: Member[] = []
    const leftOut: string[] = []
    for (const userName of userNames) {
      const known = this.#people.get(userName.toLowerCase()) ?? (await this.#matched(talk, userName))
      if (known === null) leftOut.push(userName)
      else members.push({ id: known.id, userName: known.person.userName })
    }
    return { members, leftOut }
  }

  async #group(talk: Talk, name: string): Promise<KnownGroup> {
    const known = this.#groups.get(name.toLowerCase())
    if (known !== undefined) return known
    const found = groupRequired(await this.#dialect.findGroup(talk, name))
    const whole = this.#dialect.needsMembers
      ? readResource(await request(talk, 'GET', this.#dialect.groupPath(found.id)), 'The group cannot be read.')
      : found
    const group: KnownGroup = { name, id: found.id, externalId: externalIdOf(found), members: membersOf(whole) }
    this.#groups.set(name.toLowerCase(), group)
    return group
  }

  async #pages(talk: Talk, resources: 'Users' | 'Groups'): Promise<number> {
    const ids = new Set<string>()
    for (let startIndex = 1; ; ) {
      const page = readList(await request(talk, 'GET', this.#dialect.page(resources, startIndex)), this.#dialect.strictLists)
      for (const resource of page.resources) ids.add(resource.id)
      startIndex += page.resources.length
      if (startIndex > page.totalResults || page.resources.length === 0) {
        if (ids.size === page.totalResults) return ids.size
        throw unreadable(
          200,
          `The pages of ${resources} held ${ids.size} different ids, totalResults says ${page.totalResults}: someone is lost.`,
        )
      }
    }
  }
}

function externalIdOf(resource: Resource): string | null {
  return typeof resource['externalId'] === 'string' ? resource['externalId'] : null
}
