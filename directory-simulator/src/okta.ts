import { findOne, GROUP, patch, readList, readResource, request, USER } from './answer.ts'
import { chunks, type Dialect, type KnownGroup, type KnownPerson, type Member, quoted } from './dialect.ts'
import type { Talk, WireProfile } from './http.ts'
import { wholeSeconds } from './http.ts'
import { oktaUserId, placeholderPassword } from './identifiers.ts'
import { oktaWords } from './okta-words.ts'
import { changedPerson, ENTERPRISE, type Person, type PersonChanges, shownName, workEmail } from './person.ts'

export interface OktaOptions {
  /** `custom`: an app made with the wizard, which GETs and PUTs. `catalogue`: one of Okta's network, which PATCHes. Default `custom`. */
  flavour?: 'custom' | 'catalogue'
  /** The name of the app in Okta. Default `Claviger`. */
  app?: string
  /** "Push group memberships immediately". Default true. */
  pushMembers?: boolean
  /** Members in one PATCH. Default 100. */
  membersPerRequest?: number
}

interface OktaApp {
  flavour: 'custom' | 'catalogue'
  pushMembers: boolean
  chunk: number
}

/** Waits what `Retry-After` says in whole seconds, five minutes otherwise, twice as long each time, ten tries; nothing but a 429 is tried again. */
const WIRE: WireProfile = {
  directory: 'Okta',
  headers: {
    Accept: 'application/scim+json',
    'Accept-Charset': 'utf-8',
    'Accept-Encoding': 'gzip,deflate',
    'User-Agent': 'Okta SCIM Client 1.0.0',
  },
  contentType: 'application/scim+json; charset=utf-8',
  retry({ status, retryAfter, attempt }) {
    if (status !== 429 || attempt >= 10) return null
    return (wholeSeconds(retryAfter) ?? 300) * 1000 * 2 ** (attempt - 1)
  },
}

/** How Okta speaks SCIM. */
export function oktaDialect(options: OktaOptions): Dialect {
  const app: OktaApp = {
    flavour: options.flavour ?? 'custom',
    pushMembers: options.pushMembers ?? true,
    chunk: options.membersPerRequest ?? 100,
  }
  return {
    kind: 'okta',
    name: 'Okta',
    wire: WIRE,
    words: oktaWords(options.app ?? 'Claviger'),
    deletesUsers: false,
    createsFirst: false,
    needsMembers: app.flavour === 'custom',
    strictLists: true,
    externalId: (person) => person.externalId ?? oktaUserId(person.userName),
    userPath: (id) => `Users/${encodeURIComponent(id)}`,
    groupPath: (id) => `Groups/${encodeURIComponent(id)}`,
    page: (resources, startIndex) => `${resources}?startIndex=${startIndex}&count=100`,
    test: (talk) => testCredentials(talk, app),
    findUser: (talk, person) => findOne(talk, search('Users', 'userName', person.userName), true),
    createUser: async (talk, known) =>
      readResource(await request(talk, 'POST', 'Users', createdUser(known)), 'Create new user returned empty user.'),
    linkUser: (talk, known) => pushProfile(talk, app, { ...known, active: true }),
    updateUser: (talk, known, changes) => updateUser(talk, app, known, changes),
    setActive: (talk, known, active) => setActive(talk, app, known, active),
    findGroup: (talk, name) => findOne(talk, search('Groups', 'displayName', name), true),
    createGroup: async (talk, name) =>
      readResource(
        await request(talk, 'POST', 'Groups', { schemas: [GROUP], displayName: name, members: [] }),
        'Create new group returned empty group.',
      ),
    fillGroup: (talk, group, members, linked) => fillGroup(talk, app, group, members, linked),
    renameGroup: (talk, group, name) => renameGroup(talk, app, group, name),
    addMembers: (talk, group, members) => addMembers(talk, app, group, members),
    removeMembers: (talk, group, members) => removeMembers(talk, app, group, members),
  }
}

async function testCredentials(talk: Talk, app: OktaApp): Promise<void> {
  readList(await request(talk, 'GET', 'Users?startIndex=1&count=2'), true)
  if (app.flavour === 'catalogue') readList(await request(talk, 'GET', 'Groups?startIndex=1&count=100'), true)
}

function search(resources: 'Users' | 'Groups', attribute: string, value: string): string {
  return `${resources}?filter=${encodeURIComponent(`${attribute} eq ${quoted(value)}`)}&startIndex=1&count=100`
}

function createdUser(known: KnownPerson): Record<string, unknown> {
  const { schemas, ...profile } = profileOf(known)
  return { schemas, ...profile, groups: [], password: placeholderPassword(known.person.userName), active: known.active }
}

function profileOf({ person, externalId, managerId }: KnownPerson): Record<string, unknown> {
  const enterprise = {
    ...(person.department !== undefined && { department: person.department }),
    ...(person.employeeNumber !== undefined && { employeeNumber: person.employeeNumber }),
    ...(managerId !== null && { manager: { value: managerId } }),
  }
  const extended = Object.keys(enterprise).length > 0
  return {
    schemas: extended ? [USER, ENTERPRISE] : [USER],
    userName: person.userName,
    name: {
      ...(person.givenName !== undefined && { givenName: person.givenName }),
      ...(person.familyName !== undefined && { familyName: person.familyName }),
    },
    emails: [{ primary: true, value: workEmail(person), type: 'work' }],
    displayName: shownName(person),
    locale: person.locale ?? 'en-US',
    externalId,
    ...(person.title !== undefined && { title: person.title }),
    ...(extended && { [ENTERPRISE]: enterprise }),
  }
}

async function pushProfile(talk: Talk, app: OktaApp, known: KnownPerson): Promise<void> {
  if (app.flavour === 'custom') return putUser(talk, known)
  const { schemas: _, ...profile } = profileOf(known)
  await patch(talk, `Users/${encodeURIComponent(known.id)}`, [{ op: 'replace', value: { ...profile, active: known.active } }])
}

// A custom app GETs the user, lays its own profile over what it got, and PUTs the whole, meta and all.
async function putUser(talk: Talk, known: KnownPerson): Promise<void> {
  const path = `Users/${encodeURIComponent(known.id)}`
  const found = readResource(await request(talk, 'GET', path), `No user returned for user ${known.id}.`)
  const profile = profileOf(known)
  const merged: Record<string, unknown> = { ...found, ...profile, active: known.active }
  merged['schemas'] = union(found['schemas'], profile['schemas'])
  merged['name'] = { ...record(found['name']), ...record(profile['name']) }
  if (known.person.title === undefined) delete merged['title']
  if (profile[ENTERPRISE] === undefined) delete merged[ENTERPRISE]
  await request(talk, 'PUT', path, merged)
}

async function updateUser(talk: Talk, app: OktaApp, known: KnownPerson, changes: PersonChanges): Promise<void> {
  const after: KnownPerson = {
    ...known,
    person: changedPerson(known.person, changes),
    externalId: changes.externalId ?? known.externalId,
    managerId: changes.manager === null ? null : known.managerId,
  }
  if (app.flavour === 'custom') return putUser(talk, after)
  await patch(talk, `Users/${encodeURIComponent(known.id)}`, [{ op: 'replace', value: changedAttributes(after, changes) }])
}

// A catalogue app sends what changed, under the attribute that holds it.
function changedAttributes(after: KnownPerson, changes: PersonChanges): Record<string, unknown> {
  const profile = profileOf(after)
  const owner: Record<keyof Person, string> = {
    userName: 'userName',
    givenName: 'name',
    familyName: 'name',
    displayName: 'displayName',
    email: 'emails',
    title: 'title',
    department: ENTERPRISE,
    employeeNumber: ENTERPRISE,
    manager: ENTERPRISE,
    locale: 'locale',
    externalId: 'externalId',
  }
  const names = new Set(Object.entries(owner).flatMap(([field, name]) => (field in changes ? [name] : [])))
  return Object.fromEntries([...names].map((name) => [name, profile[name] ?? (name === ENTERPRISE ? {} : '')]))
}

async function setActive(talk: Talk, app: OktaApp, known: KnownPerson, active: boolean): Promise<void> {
  if (app.flavour === 'catalogue') return patch(talk, `Users/${encodeURIComponent(known.id)}`, [{ op: 'replace', value: { active } }])
  const path = `Users/${encodeURIComponent(known.id)}`
  const found = readResource(await request(talk, 'GET', path), `No user returned for user ${known.id}.`)
  await request(talk, 'PUT', path, { ...found, active })
}

function wireMembers(members: Iterable<Member>): { value: string; display?: string }[] {
  // A member read back from a server that gives no display is known by id alone.
  return Array.from(members, ({ id, userName }) => (userName === id ? { value: id } : { value: id, display: userName }))
}

function groupPath(group: KnownGroup): string {
  return `Groups/${encodeURIComponent(group.id)}`
}

async function putGroup(talk: Talk, group: KnownGroup, name: string, members: Iterable<Member>): Promise<void> {
  await request(talk, 'PUT', groupPath(group), { schemas: [GROUP], id: group.id, displayName: name, members: wireMembers(members) })
}

async function fillGroup(talk: Talk, app: OktaApp, group: KnownGroup, members: readonly Member[], linked: boolean): Promise<void> {
  if (!app.pushMembers || (members.length === 0 && !linked)) return
  if (app.flavour === 'custom') return putGroup(talk, group, group.name, members)
  const [first = [], ...rest] = chunks(members, app.chunk)
  if (linked) {
    const value = { id: group.id, displayName: group.name, members: wireMembers(first) }
    await patch(talk, groupPath(group), [{ op: 'replace', value }])
  }
  for (const piece of linked ? rest : [first, ...rest]) {
    await patch(talk, groupPath(group), [{ op: 'add', path: 'members', value: wireMembers(piece) }])
  }
}

async function renameGroup(talk: Talk, app: OktaApp, group: KnownGroup, name: string): Promise<void> {
  if (app.flavour === 'custom') return putGroup(talk, group, name, group.members.values())
  await patch(talk, groupPath(group), [{ op: 'replace', value: { id: group.id, displayName: name } }])
}

// A catalogue app sends the group's name again before every change of members.
async function addMembers(talk: Talk, app: OktaApp, group: KnownGroup, members: readonly Member[]): Promise<void> {
  if (app.flavour === 'custom') {
    const all = new Map([...group.members, ...members.map((member): [string, Member] => [member.id, member])])
    return putGroup(talk, group, group.name, all.values())
  }
  await renameGroup(talk, app, group, group.name)
  for (const piece of chunks(members, app.chunk)) {
    await patch(talk, groupPath(group), [{ op: 'add', path: 'members', value: wireMembers(piece) }])
  }
}

async function removeMembers(talk: Talk, app: OktaApp, group: KnownGroup, members: readonly Member[]): Promise<void> {
  if (app.flavour === 'custom') {
    const gone = new Set(members.map((member) => member.id))
    return putGroup(
      talk,
      group,
      group.name,
      [...group.members.values()].filter((member) => !gone.has(member.id)),
    )
  }
  await renameGroup(talk, app, group, group.name)
  for (const piece of chunks(members, app.chunk)) {
    await patch(
      talk,
      groupPath(group),
      piece.map(({ id }) => ({ op: 'remove', path: `members[value eq ${quoted(id)}]` })),
    )
  }
}

function record(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function union(found: unknown, own: unknown): unknown[] {
  return [...new Set([...(Array.isArray(found) ? found : []), ...(Array.isArray(own) ? own : [])])]
}
