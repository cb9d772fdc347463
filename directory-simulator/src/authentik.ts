import { z } from 'zod'
import { findOne, GROUP, type PatchOperation, patch, type Resource, readResource, request, USER } from './answer.ts'
import { chunks, type Dialect, type KnownGroup, type KnownPerson, type Member, quoted } from './dialect.ts'
import { unreadable } from './failure.ts'
import { type Answer, type Talk, type WireProfile, wholeSeconds } from './http.ts'
import { authentikGroupKey, authentikUid } from './identifiers.ts'
import { membersOf, tellsMembers } from './membership.ts'
import { changedPerson, fullName, type PersonChanges, shownName, workEmail } from './person.ts'
import { plainWords } from './plain-words.ts'

export interface AuthentikOptions {
  app?: string
}

const Supported = z.object({ supported: z.boolean() })
const ServerConfig = z.object({
  patch: Supported,
  filter: Supported,
  bulk: z.object({ supported: z.boolean(), maxOperations: z.number().int().optional() }),
})
type ServerConfig = z.infer<typeof ServerConfig>

/** What authentik assumes of a server whose ServiceProviderConfig it cannot read. */
const FALLBACK: ServerConfig = { patch: { supported: false }, filter: { supported: false }, bulk: { supported: false } }

const WIRE: WireProfile = {
  directory: 'authentik',
  headers: { Accept: 'application/scim+json', 'User-Agent': 'authentik' },
  contentType: 'application/scim+json',
  // A throttled or failing task goes back to the queue and is taken up again later.
  retry({ status, retryAfter, attempt }) {
    if ((status !== 429 && status < 500) || attempt >= 5) return null
    return (wholeSeconds(retryAfter) ?? 2 ** attempt) * 1000
  },
}

/** How authentik's SCIM provider speaks: it reads ServiceProviderConfig once, and lets that decide the rest. */
export function authentikDialect(options: AuthentikOptions): Dialect {
  let config: ServerConfig | null = null
  const configured = async (talk: Talk): Promise<ServerConfig> => {
    config ??= configOf(await talk.send('GET', 'ServiceProviderConfig')) ?? FALLBACK
    return config
  }
  return {
    kind: 'authentik',
    name: 'authentik',
    wire: WIRE,
    words: plainWords({
      app: options.app ?? 'Claviger',
      tested: 'The SCIM provider reads the ServiceProviderConfig; synchronisation can start.',
      testFailed: 'Failed to get ServiceProviderConfig',
      failed: 'Failed to sync',
      worked: 'Synced',
    }),
    deletesUsers: true,
    createsFirst: true,
    needsMembers: true,
    strictLists: false,
    externalId: (person) => person.externalId ?? authentikUid(person.userName),
    userPath: (id) => `Users/${encodeURIComponent(id)}`,
    groupPath: (id) => `Groups/${encodeURIComponent(id)}`,
    page: (resources, startIndex) => (startIndex === 1 ? resources : `${resources}?startIndex=${startIndex}`),
    test: async (talk) => {
      config = testedConfig(await request(talk, 'GET', 'ServiceProviderConfig'))
    },
    findUser: (talk, person) => findOne(talk, `Users?filter=${encoded(`userName eq ${quoted(person.userName)}`)}`, false),
    createUser: async (talk, known) => {
      await configured(talk)
      return readResource(await request(talk, 'POST', 'Users', userBody(known)), 'SCIM Response with missing or invalid `id`.')
    },
    linkUser: putUser,
    updateUser: (talk, known, changes) => putUser(talk, updated(known, changes)),
    setActive: (talk, known, active) => putUser(talk, { ...known, active }),
    findGroup: (talk, name) => findOne(talk, `Groups?filter=${encoded(`displayName eq ${quoted(name)}`)}`, false),
    createGroup,
    fillGroup: async (talk, group, members, linked) => {
      const server = await configured(talk)
      if (linked) await compare(talk, server, group, members)
      else await change(talk, server, group, members, [])
    },
    renameGroup: async (talk, group, name) => renameGroup(talk, await configured(talk), group, name),
    addMembers: async (talk, group, members) => change(talk, await configured(talk), group, members, []),
    removeMembers: async (talk, group, members) => change(talk, await configured(talk), group, [], members),
  }
}

function configOf(answer: Answer): ServerConfig | null {
  if (answer.status >= 300) return null
  try {
    const read = ServerConfig.safeParse(JSON.parse(answer.text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function testedConfig(answer: Answer): ServerConfig {
  const config = configOf(answer)
  if (config === null) throw unreadable(answer.status, 'The ServiceProviderConfig lacks patch, filter or bulk, or is not JSON.')
  return config
}

function encoded(filter: string): string {
  return encodeURIComponent(filter).replaceAll('%20', '+')
}

// authentik's default mapping types the address "other".
function userBody({ person, externalId, active }: KnownPerson): Record<string, unknown> {
  return {
    schemas: [USER],
    userName: person.userName,
    name: { formatted: fullName(person), givenName: person.givenName, familyName: person.familyName ?? '' },
    displayName: shownName(person),
    locale: person.locale,
    title: person.title,
    active,
    emails: [{ value: workEmail(person), type: 'other', primary: true }],
    externalId,
  }
}

async function putUser(talk: Talk, known: KnownPerson): Promise<void> {
  await request(talk, 'PUT', `Users/${encodeURIComponent(known.id)}`, { ...userBody(known), id: known.id })
}

function updated(known: KnownPerson, changes: PersonChanges): KnownPerson {
  return { ...known, person: changedPerson(known.person, changes), externalId: changes.externalId ?? known.externalId }
}

function groupBody({ name, id, externalId }: Omit<KnownGroup, 'members'>): Record<string, unknown> {
  return { schemas: [GROUP], ...(id !== '' && { id }), externalId: externalId ?? authentikGroupKey(name), displayName: name }
}

async function createGroup(talk: Talk, name: string): Promise<Resource> {
  const body = groupBody({ name, id: '', externalId: null })
  return readResource(await request(talk, 'POST', 'Groups', body), 'SCIM Response with missing or invalid `id`.')
}

function groupPath(group: KnownGroup): string {
  return `Groups/${encodeURIComponent(group.id)}`
}

// The whole group goes out in a replace without a path; then authentik compares the members.
async function renameGroup(talk: Talk, server: ServerConfig, group: KnownGroup, name: string): Promise<void> {
  const renamed = { ...group, name }
  if (!server.patch.supported) return putGroup(talk, renamed, group.members.values())
  await patch(talk, groupPath(group), [{ op: 'replace', value: groupBody(renamed) }])
  await compare(talk, server, renamed, [...group.members.values()])
}

async function putGroup(talk: Talk, group: KnownGroup, members: Iterable<Member>): Promise<void> {
  await request(talk, 'PUT', groupPath(group), { ...groupBody(group), members: Array.from(members, ({ id }) => ({ value: id })) })
}

async function compare(talk: Talk, server: ServerConfig, group: KnownGroup, wanted: readonly Member[]): Promise<void> {
  const current: Resource = readResource(await request(talk, 'GET', groupPath(group)), 'The group cannot be read.')
  const there = membersOf(current)
  const wantedIds = new Set(wanted.map(({ id }) => id))
  // Where the server leaves `members` out, authentik adds nobody: it takes only an array for an answer.
  const missing = tellsMembers(current) ? wanted.filter(({ id }) => !there.has(id)) : []
  const surplus = [...there.values()].filter(({ id }) => !wantedIds.has(id))
  await change(talk, server, { ...group, members: there }, missing, surplus)
}

async function change(
  talk: Talk,
  server: ServerConfig,
  group: KnownGroup,
  added: readonly Member[],
  removed: readonly Member[],
): Promise<void> {
  if (added.length + removed.length === 0) return
  if (!server.patch.supported) {
    const members = new Map([...group.members, ...added.map((member): [string, Member] => [member.id, member])])
    for (const { id } of removed) members.delete(id)
    return putGroup(talk, group, members.values())
  }
  const operations: PatchOperation[] = [
    ...added.map(({ id }) => ({ op: 'add', path: 'members', value: [{ value: id }] })),
    ...removed.map(({ id }) => ({ op: 'remove', path: 'members', value: [{ value: id }] })),
  ]
  // Nothing in SCIM bounds the operations of one PATCH, so authentik borrows the limit of bulk requests.
  const most = server.bulk.maxOperations ?? 0
  for (const piece of chunks(operations, most < 1 ? operations.length : most)) await patch(talk, groupPath(group), piece)
}
