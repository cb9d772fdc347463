import { randomUUID } from 'node:crypto'
import { GROUP, type PatchOperation, patch, type Resource, readList, readResource, request, USER } from './answer.ts'
import { chunks, type Dialect, type KnownGroup, type KnownPerson, type Member, quoted } from './dialect.ts'
import { entraWords } from './entra-words.ts'
import { unreadable } from './failure.ts'
import { type Talk, type WireProfile, wholeSeconds } from './http.ts'
import { entraObjectId } from './identifiers.ts'
import {
  differences,
  ENTERPRISE,
  fullName,
  PERSON_FIELDS,
  type Person,
  type PersonChanges,
  personOf,
  SCIM_PATH,
  shownName,
  workEmail,
} from './person.ts'

export interface EntraOptions {
  /** `compliant`: as with `aadOptscim062020` in the tenant URL. `classic`: as without it. Default `classic`, as Entra's own. */
  flavour?: 'compliant' | 'classic'
  /** The attribute that users are matched by. Default `userName`. */
  matching?: 'userName' | 'externalId' | 'email'
  app?: string
  /** Members in one PATCH. Default 100. */
  membersPerRequest?: number
}

interface EntraApp {
  compliant: boolean
  matching: 'userName' | 'externalId' | 'email'
  chunk: number
}

const ADSCIM_GROUP = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'
const RETRIED = new Set([429, 500, 502, 503, 504])

/** Tries a throttled or failing request a few times within a cycle, and leaves the rest to the next cycle. */
const WIRE: WireProfile = {
  directory: 'Entra ID',
  headers: { Accept: 'application/scim+json', 'User-Agent': 'Microsoft Azure AD SCIM provisioning' },
  contentType: 'application/scim+json; charset=utf-8',
  retry({ status, retryAfter, attempt }) {
    if (!RETRIED.has(status) || attempt >= 4) return null
    return (wholeSeconds(retryAfter) ?? 2 ** (attempt - 1)) * 1000
  },
}

/** How Entra ID speaks SCIM. */
export function entraDialect(options: EntraOptions): Dialect {
  const app: EntraApp = {
    compliant: options.flavour === 'compliant',
    matching: options.matching ?? 'userName',
    chunk: options.membersPerRequest ?? 100,
  }
  return {
    kind: 'entra',
    name: 'Entra ID',
    wire: WIRE,
    words: entraWords(options.app ?? 'Claviger'),
    deletesUsers: true,
    createsFirst: false,
    needsMembers: false,
    strictLists: false,
    externalId: objectId,
    userPath: (id) => `Users/${encodeURIComponent(id)}`,
    groupPath: (id) => `Groups/${encodeURIComponent(id)}`,
    page: (resources, startIndex) =>
      `${resources}?${resources === 'Groups' ? 'excludedAttributes=members&' : ''}startIndex=${startIndex}&count=100`,
    test: testConnection,
    findUser: (talk, person) => onlyOne(talk, `Users?filter=${encoded(matchingFilter(app, person))}`),
    createUser: (talk, known) => createUser(talk, app, known),
    linkUser: (talk, known, found) => linkUser(talk, app, known, found),
    updateUser: (talk, known, changes) => updateUser(talk, app, known, changes),
    setActive: (talk, known, active) =>
      patch(talk, `Users/${encodeURIComponent(known.id)}`, [{ op: word(app, 'Replace'), path: 'active', value: truth(app, active) }]),
    findGroup: (talk, name) => onlyOne(talk, `Groups?excludedAttributes=members&filter=${encoded(`displayName eq ${quoted(name)}`)}`),
    createGroup,
    fillGroup: (talk, group, members) => addMembers(talk, app, group, members),
    renameGroup: (talk, group, name) => patch(talk, groupPath(group), replacing(app, { displayName: name })),
    addMembers: (talk, group, members) => addMembers(talk, app, group, members),
    removeMembers: (talk, group, members) => removeMembers(talk, app, group, members),
  }
}

function objectId(person: Person): string {
  return person.externalId ?? entraObjectId('user', person.userName)
}

// Entra encodes a space as a plus, and leaves the quotes to percent encoding.
function encoded(filter: string): string {
  return encodeURIComponent(filter).replaceAll('%20', '+')
}

function matchingFilter(app: EntraApp, person: Person): string {
  if (app.matching === 'email') return `emails[type eq "work"].value eq ${quoted(workEmail(person))}`
  if (app.matching === 'userName') return `userName eq ${quoted(person.userName)}`
  // The older behaviour compares externalId without quotes.
  return app.compliant ? `externalId eq ${quoted(objectId(person))}` : `externalId eq ${objectId(person)}`
}

// Test Connection asks for a user and a group that cannot exist, and wants empty lists.
async function testConnection(talk: Talk): Promise<void> {
  readList(await request(talk, 'GET', `Users?filter=${encoded(`userName eq ${quoted(randomUUID())}`)}`), false)
  readList(
    await request(talk, 'GET', `Groups?excludedAttributes=members&filter=${encoded(`displayName eq ${quoted(randomUUID())}`)}`),
    false,
  )
}

async function onlyOne(talk: Talk, path: string): Promise<Resource | null> {
  const list = readList(await request(talk, 'GET', path), false)
  if (list.resources.length > 1)
    throw unreadable(200, `DuplicateTargetEntries: the filter finds ${list.resources.length}, it must find one.`)
  return list.resources[0] ?? null
}

async function createUser(talk: Talk, app: EntraApp, known: KnownPerson): Promise<Resource> {
  const { person } = known
  const enterprise = {
    ...(person.department !== undefined && { department: person.department }),
    ...(person.employeeNumber !== undefined && { employeeNumber: person.employeeNumber }),
  }
  const body = {
    schemas: [USER, ENTERPRISE],
    externalId: known.externalId,
    userName: person.userName,
    active: true,
    displayName: shownName(person),
    emails: [{ primary: true, type: 'work', value: workEmail(person) }],
    meta: { resourceType: 'User' },
    name: { formatted: fullName(person), familyName: person.familyName, givenName: person.givenName },
    title: person.title,
    preferredLanguage: person.locale,
    ...(Object.keys(enterprise).length > 0 && { [ENTERPRISE]: enterprise }),
    roles: [],
  }
  const made = readResource(await request(talk, 'POST', 'Users', body), 'The user was created without an id.')
  // A reference is set once both ends exist.
  if (known.managerId !== null) await patch(talk, `Users/${encodeURIComponent(made.id)}`, [managerOperation(app, 'Add', known.managerId)])
  return made
}

async function linkUser(talk: Talk, app: EntraApp, known: KnownPerson, found: Resource): Promise<void> {
  const before = personOf(found, known.person.userName)
  const changes = differences(before, { ...known.person, externalId: known.externalId })
  const operations = changeOperations(app, before, changes, null)
  if (found['active'] === false) operations.push({ op: word(app, 'Replace'), path: 'active', value: truth(app, true) })
  if (operations.length > 0) await patch(talk, `Users/${encodeURIComponent(known.id)}`, operations)
}

async function updateUser(talk: Talk, app: EntraApp, known: KnownPerson, changes: PersonChanges): Promise<void> {
  const path = `Users/${encodeURIComponent(known.id)}`
  readResource(await request(talk, 'GET', path), 'The user cannot be read.')
  await patch(talk, path, changeOperations(app, known.person, changes, known.managerId))
}

function changeOperations(app: EntraApp, before: Person, changes: PersonChanges, managerId: string | null): PatchOperation[] {
  const operations: PatchOperation[] = []
  const replaced: Record<string, string> = {}
  for (const field of PERSON_FIELDS) {
    const value = changes[field]
    if (value === undefined || field === 'manager') continue
    const path = field === 'locale' ? 'preferredLanguage' : SCIM_PATH[field]
    const derived = field === 'email' || field === 'displayName'
    if (value === null || value === '') operations.push({ op: word(app, 'Remove'), path })
    else if (before[field] === undefined && !derived) operations.push({ op: word(app, 'Add'), path, value })
    // A dotted key cannot hold a value filter, so the address keeps a path of its own in both flavours.
    else if (field === 'email') operations.push({ op: word(app, 'Replace'), path, value })
    else replaced[path] = value
  }
  if (changes.manager === null || changes.manager === '') operations.push(managerOperation(app, 'Replace', ''))
  else if (changes.manager !== undefined && managerId !== null)
    operations.push(managerOperation(app, before.manager === undefined ? 'Add' : 'Replace', managerId))
  return [...operations, ...replacing(app, replaced)]
}

// The older behaviour sends an operation for each attribute, the compliant one a single value with dotted and URN keys.
function replacing(app: EntraApp, values: Record<string, string>): PatchOperation[] {
  if (Object.keys(values).length === 0) return []
  if (app.compliant) return [{ op: 'replace', value: values }]
  return Object.entries(values).map(([path, value]) => ({ op: 'Replace', path, value }))
}

function managerOperation(app: EntraApp, op: 'Add' | 'Replace', id: string): PatchOperation {
  return { op: word(app, op), path: SCIM_PATH.manager, value: id }
}

function word(app: EntraApp, op: 'Add' | 'Replace' | 'Remove'): string {
  return app.compliant ? op.toLowerCase() : op
}

function truth(app: EntraApp, value: boolean): boolean | string {
  if (app.compliant) return value
  return value ? 'True' : 'False'
}

async function createGroup(talk: Talk, name: string): Promise<Resource> {
  const body = {
    schemas: [GROUP, ADSCIM_GROUP],
    externalId: entraObjectId('group', name),
    displayName: name,
    meta: { resourceType: 'Group' },
  }
  return readResource(await request(talk, 'POST', 'Groups', body), 'The group was created without an id.')
}

function groupPath(group: KnownGroup): string {
  return `Groups/${encodeURIComponent(group.id)}`
}

async function addMembers(talk: Talk, app: EntraApp, group: KnownGroup, members: readonly Member[]): Promise<void> {
  for (const piece of chunks(members, app.chunk)) {
    const value = piece.map(({ id }) => (app.compliant ? { value: id } : { $ref: null, value: id }))
    await patch(talk, groupPath(group), [{ op: word(app, 'Add'), path: 'members', value }])
  }
}

async function removeMembers(talk: Talk, app: EntraApp, group: KnownGroup, members: readonly Member[]): Promise<void> {
  for (const piece of chunks(members, app.chunk)) {
    const operations = app.compliant
      ? piece.map(({ id }) => ({ op: 'remove', path: `members[value eq ${quoted(id)}]` }))
      : [{ op: 'Remove', path: 'members', value: piece.map(({ id }) => ({ $ref: null, value: id })) }]
    await patch(talk, groupPath(group), operations)
  }
}
