import { findOne, GROUP, patch, readResource, request, USER } from './answer.ts'
import { type Dialect, type KnownGroup, type KnownPerson, type Member, quoted } from './dialect.ts'
import type { Talk, WireProfile } from './http.ts'
import { jumpCloudId } from './identifiers.ts'
import { changedPerson, ENTERPRISE, fullName, type PersonChanges, shownName, workEmail } from './person.ts'
import { plainWords } from './plain-words.ts'

export interface JumpCloudOptions {
  app?: string
  /** "Test User Email": the user that an activation makes and deletes. Default `jumpcloud-test@example.com`. */
  testEmail?: string
}

const WIRE: WireProfile = {
  directory: 'JumpCloud',
  headers: { Accept: 'application/scim+json', 'User-Agent': 'JumpCloud' },
  contentType: 'application/scim+json',
  retry: () => null,
}

/** How JumpCloud's custom SCIM integration speaks. */
export function jumpCloudDialect(options: JumpCloudOptions): Dialect {
  return {
    kind: 'jumpcloud',
    name: 'JumpCloud',
    wire: WIRE,
    words: plainWords({
      app: options.app ?? 'Claviger',
      tested: 'The integration was verified and activated: a test user and a test group were made and deleted.',
      testFailed: 'There was a problem activating the integration',
      failed: 'Provisioning error',
      worked: 'Provisioned',
    }),
    deletesUsers: false,
    createsFirst: false,
    needsMembers: true,
    strictLists: false,
    externalId: (person) => person.externalId ?? jumpCloudId('user', person.userName),
    userPath: (id) => `Users/${encodeURIComponent(id)}`,
    groupPath: (id) => `Groups/${encodeURIComponent(id)}`,
    page: (resources, startIndex) => `${resources}?startIndex=${startIndex}&count=100`,
    test: (talk) => activate(talk, options.testEmail ?? 'jumpcloud-test@example.com'),
    findUser: (talk, person) => findOne(talk, `Users?filter=${encodeURIComponent(`userName eq ${quoted(person.userName)}`)}`, false),
    createUser,
    linkUser: putUser,
    updateUser: (talk, known, changes) => putUser(talk, updated(known, changes)),
    setActive: (talk, known, active) => putUser(talk, { ...known, active }),
    findGroup,
    createGroup,
    fillGroup: (talk, group, members) => addMembers(talk, group, members),
    renameGroup: (talk, group, name) => patch(talk, groupPath(group), [{ op: 'replace', value: { displayName: name } }]),
    addMembers,
    removeMembers: async (talk, group, members) => {
      const value = members.map(({ id }) => ({ value: id }))
      await patch(talk, groupPath(group), [{ op: 'remove', path: 'members', value }])
    },
  }
}

// An activation tries everything on a user and a group of its own, and cleans up behind itself.
async function activate(talk: Talk, email: string): Promise<void> {
  const known: KnownPerson = {
    person: { userName: email, givenName: 'JumpCloud', familyName: 'Test' },
    externalId: jumpCloudId('user', email),
    id: '',
    active: true,
    managerId: null,
  }
  const left = await findOne(talk, `Users?filter=${encodeURIComponent(`userName eq ${quoted(email)}`)}`, false)
  known.id = (left ?? (await createUser(talk, known))).id
  const userPath = `Users/${encodeURIComponent(known.id)}`
  readResource(await request(talk, 'GET', userPath), 'The test user cannot be read.')
  await putUser(talk, { ...known, person: { ...known.person, familyName: 'Updated' } })
  const name = `JumpCloud Test Group ${jumpCloudId('group', email).slice(0, 6)}`
  const made = (await findGroup(talk, name)) ?? (await createGroup(talk, name))
  const group: KnownGroup = { name, id: made.id, externalId: null, members: new Map() }
  const member = { id: known.id, userName: email }
  await addMembers(talk, group, [member])
  await addMembers(talk, group, [member])
  await patch(talk, groupPath(group), [{ op: 'remove', path: 'members', value: [{ value: known.id }] }])
  await request(talk, 'DELETE', groupPath(group))
  await request(talk, 'DELETE', userPath)
}

async function findGroup(talk: Talk, name: string) {
  return findOne(talk, `Groups?filter=${encodeURIComponent(`displayName eq ${quoted(name)}`)}`, false)
}

async function createUser(talk: Talk, known: KnownPerson) {
  return readResource(await request(talk, 'POST', 'Users', userBody(known)), 'The user was created without an id.')
}

async function createGroup(talk: Talk, name: string) {
  const body = { schemas: [GROUP], displayName: name, externalId: jumpCloudId('group', name), members: [] }
  return readResource(await request(talk, 'POST', 'Groups', body), 'The group was created without an id.')
}

function userBody({ person, externalId, active }: KnownPerson): Record<string, unknown> {
  const extended = person.department !== undefined || person.employeeNumber !== undefined
  return {
    schemas: extended ? [USER, ENTERPRISE] : [USER],
    userName: person.userName,
    externalId,
    displayName: shownName(person),
    name: { givenName: person.givenName, familyName: person.familyName, formatted: fullName(person) },
    emails: [{ value: workEmail(person), type: 'work', primary: true }],
    title: person.title,
    locale: person.locale,
    active,
    ...(extended && { [ENTERPRISE]: { department: person.department, employeeNumber: person.employeeNumber } }),
  }
}

async function putUser(talk: Talk, known: KnownPerson): Promise<void> {
  await request(talk, 'PUT', `Users/${encodeURIComponent(known.id)}`, userBody(known))
}

function updated(known: KnownPerson, changes: PersonChanges): KnownPerson {
  return { ...known, person: changedPerson(known.person, changes), externalId: changes.externalId ?? known.externalId }
}

function groupPath(group: KnownGroup): string {
  return `Groups/${encodeURIComponent(group.id)}`
}

// JumpCloud sends every member it knows each time, those who are there already too.
async function addMembers(talk: Talk, group: KnownGroup, members: readonly Member[]): Promise<void> {
  const ids = new Set([...group.members.keys(), ...members.map(({ id }) => id)])
  if (ids.size === 0) return
  await patch(talk, groupPath(group), [{ op: 'add', path: 'members', value: [...ids].map((value) => ({ value })) }])
}
