import { findOne, type PatchOperation, patch, readList, readResource, request } from './answer.ts'
import { type Dialect, type KnownGroup, type KnownPerson, type Member, quoted } from './dialect.ts'
import type { Talk, WireProfile } from './http.ts'
import { oneLoginId } from './identifiers.ts'
import { changedPerson, ENTERPRISE, fullName, type PersonChanges, shownName, workEmail } from './person.ts'
import { plainWords } from './plain-words.ts'

export interface OneLoginOptions {
  app?: string
}

const CORE_1_0 = 'urn:scim:schemas:core:1.0'

/** A failed task stays under Users, Provisioning until the administrator retries it: nothing is tried again by itself. */
const WIRE: WireProfile = {
  directory: 'OneLogin',
  headers: { Accept: 'application/scim+json, application/json', 'User-Agent': 'OneLogin SCIM' },
  contentType: 'application/json',
  retry: () => null,
}

/** How OneLogin's SCIM provisioner speaks: whole users by PUT, one request for each change of a member. */
export function oneLoginDialect(options: OneLoginOptions): Dialect {
  return {
    kind: 'onelogin',
    name: 'OneLogin',
    wire: WIRE,
    words: plainWords({
      app: options.app ?? 'Claviger',
      tested: 'API Status: Enabled.',
      testFailed: 'API Status: Disabled. The connection could not be enabled',
      failed: 'Failed',
      worked: 'Provisioned',
    }),
    deletesUsers: true,
    createsFirst: false,
    needsMembers: false,
    strictLists: false,
    externalId: (person) => person.externalId ?? oneLoginId(person.userName),
    // OneLogin leaves the question mark of an empty query, and the ampersand of an unfinished one.
    userPath: (id) => `Users/${encodeURIComponent(id)}?`,
    groupPath: (id) => `Groups/${encodeURIComponent(id)}?`,
    page: (resources, startIndex) => `${resources}?startIndex=${startIndex}&count=100&`,
    test: async (talk) => {
      readList(await request(talk, 'GET', 'Users?startIndex=1&count=1&'), false)
    },
    findUser: (talk, person) => findOne(talk, `Users?filter=${encoded(`userName eq ${quoted(person.userName)}`)}&`, false),
    createUser: async (talk, known) =>
      readResource(await request(talk, 'POST', 'Users?', userTemplate(known)), 'The user was created without an id.'),
    linkUser: putUser,
    updateUser,
    setActive: (talk, known, active) => putUser(talk, { ...known, active }),
    findGroup: (talk, name) => findOne(talk, `Groups?filter=${encoded(`displayName eq ${quoted(name)}`)}&`, false),
    createGroup: async (talk, name) =>
      readResource(
        await request(talk, 'POST', 'Groups?', { schemas: [CORE_1_0], displayName: name }),
        'The group was created without an id.',
      ),
    fillGroup: (talk, group, members) => addMembers(talk, group, members),
    renameGroup: (talk, group, name) => patchGroup(talk, group, [{ op: 'replace', path: 'displayName', value: name }]),
    addMembers,
    removeMembers: async (talk, group, members) => {
      for (const { id } of members) await patchGroup(talk, group, [{ op: 'remove', path: 'members', value: [{ value: id }] }])
    },
  }
}

function encoded(filter: string): string {
  return encodeURIComponent(filter).replaceAll('%20', '+')
}

// The connector's JSON template, with the SCIM 1.0 URN that its documentation shows.
function userTemplate({ person, externalId, active }: KnownPerson): Record<string, unknown> {
  const enterprise = { department: person.department, employeeNumber: person.employeeNumber }
  const extended = person.department !== undefined || person.employeeNumber !== undefined
  return {
    schemas: extended ? [CORE_1_0, ENTERPRISE] : [CORE_1_0],
    userName: person.userName,
    externalId,
    displayName: shownName(person),
    name: { givenName: person.givenName, familyName: person.familyName, formatted: fullName(person) },
    emails: [{ value: workEmail(person), type: 'work', primary: true }],
    title: person.title,
    locale: person.locale,
    active,
    ...(extended && { [ENTERPRISE]: enterprise }),
  }
}

async function putUser(talk: Talk, known: KnownPerson): Promise<void> {
  await request(talk, 'PUT', `Users/${encodeURIComponent(known.id)}?`, userTemplate(known))
}

async function updateUser(talk: Talk, known: KnownPerson, changes: PersonChanges): Promise<void> {
  await putUser(talk, { ...known, person: changedPerson(known.person, changes), externalId: changes.externalId ?? known.externalId })
}

async function patchGroup(talk: Talk, group: KnownGroup, operations: PatchOperation[]): Promise<void> {
  await patch(talk, `Groups/${encodeURIComponent(group.id)}?`, operations)
}

async function addMembers(talk: Talk, group: KnownGroup, members: readonly Member[]): Promise<void> {
  for (const { id } of members) await patchGroup(talk, group, [{ op: 'add', path: 'members', value: [{ value: id }] }])
}
