import { expect, test } from 'vitest'
import { connectDirectory } from './connect.ts'
import { foreignServer, listOf, scimError } from './testing-foreign-server.ts'
import { memoryServer } from './testing-memory-server.ts'

const ADA = { userName: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' }
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

test('the credential test is the one that Okta sends, with its headers', async () => {
  const server = await foreignServer(() => listOf())
  const outcome = await connectDirectory('okta', server.connection).test()
  expect(outcome).toMatchObject({ ok: true, seen: 'Claviger was verified successfully!' })
  expect(server.lines()).toEqual(['GET Users?startIndex=1&count=2'])
  expect(server.seen[0]?.headers).toMatchObject({
    accept: 'application/scim+json',
    'accept-charset': 'utf-8',
    'user-agent': 'Okta SCIM Client 1.0.0',
    authorization: 'Bearer secret-token',
  })
  expect(server.seen[0]?.headers['content-type']).toBeUndefined()
})

test('Okta takes no list whose numbers are text, or that has no Resources', async () => {
  const whole = listOf().body
  for (const broken of [{ startIndex: '1' }, { Resources: undefined }]) {
    const server = await foreignServer(() => ({ status: 200, body: { ...Object(whole), ...broken } }))
    expect((await connectDirectory('okta', server.connection).test()).detail).toContain('The list is incomplete')
  }
})

test('an assignment asks for the userName, and creates who is not there', async () => {
  const server = await foreignServer(({ method }) => (method === 'GET' ? listOf() : { status: 201, body: { id: 'u1' } }))
  const outcome = await connectDirectory('okta', server.connection).assign(ADA)
  expect(outcome).toMatchObject({ ok: true, id: 'u1', seen: 'ada@example.com was assigned and created in Claviger.' })
  expect(server.lines()).toEqual(['GET Users?filter=userName%20eq%20%22ada%40example.com%22&startIndex=1&count=100', 'POST Users'])
  expect(server.seen[1]?.headers['content-type']).toBe('application/scim+json; charset=utf-8')
  expect(server.seen[1]?.body).toEqual({
    schemas: [USER],
    userName: 'ada@example.com',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ primary: true, value: 'ada@example.com', type: 'work' }],
    displayName: 'Ada Lovelace',
    locale: 'en-US',
    externalId: expect.stringMatching(/^00u[0-9A-Za-z]{17}$/),
    groups: [],
    password: expect.stringMatching(/^[0-9A-Za-z]{8}$/),
    active: true,
  })
})

test('the id that Okta sends along is the same in every process', async () => {
  const bodies: unknown[] = []
  for (let round = 0; round < 2; round += 1) {
    const server = await foreignServer(({ method }) => (method === 'GET' ? listOf() : { status: 201, body: { id: 'u1' } }))
    await connectDirectory('okta', server.connection).assign(ADA)
    bodies.push(server.seen[1]?.body)
  }
  expect(bodies[0]).toEqual(bodies[1])
})

test('a server that answers a search with 404 has nobody there, as the documentation allows', async () => {
  const server = await foreignServer(({ method }) =>
    method === 'GET' ? scimError(404, 'User not found') : { status: 201, body: { id: 'u1' } },
  )
  expect((await connectDirectory('okta', server.connection).assign(ADA)).ok).toBe(true)
})

test('a custom app links who is there: GET, and PUT of its profile over what it got', async () => {
  const there = {
    schemas: [USER],
    id: 'u7',
    userName: 'ADA@example.com',
    nickName: 'Ada',
    name: { formatted: 'A. L.' },
    meta: { version: 'W/"1"' },
  }
  const server = await foreignServer(({ method, url }) =>
    method === 'GET' && url.includes('filter') ? listOf(there) : { status: 200, body: there },
  )
  const outcome = await connectDirectory('okta', server.connection).assign(ADA)
  expect(outcome.seen).toBe('ada@example.com was already in Claviger: Okta linked the account and pushed the profile.')
  expect(server.lines().slice(1)).toEqual(['GET Users/u7', 'PUT Users/u7'])
  expect(server.seen[2]?.body).toMatchObject({
    id: 'u7',
    userName: 'ada@example.com',
    nickName: 'Ada',
    name: { formatted: 'A. L.', givenName: 'Ada', familyName: 'Lovelace' },
    meta: { version: 'W/"1"' },
    active: true,
  })
})

test('a refusal reads as a task under Tasks, with the reason that the server gives', async () => {
  const server = await foreignServer(({ method }) =>
    method === 'GET' ? listOf() : scimError(400, 'userName must be an e-mail address.', 'invalidValue'),
  )
  const outcome = await connectDirectory({ kind: 'okta', app: 'Vault' }, server.connection).assign({ userName: 'ada' })
  expect(outcome.seen).toBe(
    'Automatic provisioning of user ada to app Vault failed: Error while creating user ada: Bad Request. ' +
      'Errors reported by remote server: userName must be an e-mail address.',
  )
  expect(outcome.failure).toEqual({ kind: 'refused', status: 400, scimType: 'invalidValue', detail: 'userName must be an e-mail address.' })
})

test('a create that is answered without a user is no create', async () => {
  const server = await foreignServer(({ method }) => (method === 'GET' ? listOf() : { status: 201 }))
  expect((await connectDirectory('okta', server.connection).assign(ADA)).seen).toContain('Create new user returned empty user.')
})

test('a catalogue app PATCHes what changed, and activation, in values without a path', async () => {
  const server = await memoryServer()
  const directory = connectDirectory({ kind: 'okta', flavour: 'catalogue' }, server.connection)
  await directory.assign(ADA)
  server.seen.length = 0
  await directory.update('ada@example.com', { givenName: 'Augusta', userName: 'augusta@example.com' })
  await directory.deactivate('augusta@example.com')
  expect(server.lines()).toEqual(['PATCH Users/Users-1', 'PATCH Users/Users-1'])
  expect(server.seen[0]?.body).toEqual({
    schemas: [PATCH_OP],
    Operations: [
      {
        op: 'replace',
        value: {
          userName: 'augusta@example.com',
          name: { givenName: 'Augusta', familyName: 'Lovelace' },
          displayName: 'Augusta Lovelace',
          emails: [{ primary: true, value: 'augusta@example.com', type: 'work' }],
        },
      },
    ],
  })
  expect(server.seen[1]?.body).toEqual({ schemas: [PATCH_OP], Operations: [{ op: 'replace', value: { active: false } }] })
})

test('a custom app deactivates with GET and PUT, and Okta never deletes', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('okta', server.connection)
  await directory.assign(ADA)
  server.seen.length = 0
  await directory.deactivate('ada@example.com')
  expect(server.lines()).toEqual(['GET Users/Users-1', 'PUT Users/Users-1'])
  expect(server.seen[1]?.body).toMatchObject({ userName: 'ada@example.com', active: false })
  const outcome = await directory.delete('ada@example.com')
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unsupported' }, exchanges: [] })
})

test('a pushed group is looked for by name, made empty, and filled in pieces', async () => {
  const server = await memoryServer()
  const directory = connectDirectory({ kind: 'okta', flavour: 'catalogue', membersPerRequest: 2 }, server.connection)
  for (const name of ['ada', 'grace', 'alan']) await directory.assign({ userName: `${name}@example.com` })
  server.seen.length = 0
  const outcome = await directory.pushGroup({ name: 'Ops & Co', members: ['ada@example.com', 'grace@example.com', 'alan@example.com'] })
  expect(outcome.seen).toBe('Group Ops & Co: created, push status Active, 3 members.')
  expect(server.lines()).toEqual([
    'GET Groups?filter=displayName%20eq%20%22Ops%20%26%20Co%22&startIndex=1&count=100',
    'POST Groups',
    'PATCH Groups/Groups-4',
    'PATCH Groups/Groups-4',
  ])
  expect(server.seen[1]?.body).toEqual({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Ops & Co', members: [] })
  expect(server.seen[2]?.body).toEqual({
    schemas: [PATCH_OP],
    Operations: [
      {
        op: 'add',
        path: 'members',
        value: [
          { value: 'Users-1', display: 'ada@example.com' },
          { value: 'Users-2', display: 'grace@example.com' },
        ],
      },
    ],
  })
})

test('a catalogue app repeats the name and then removes by a filter in the path', async () => {
  const server = await memoryServer()
  const directory = connectDirectory({ kind: 'okta', flavour: 'catalogue' }, server.connection)
  await directory.assign(ADA)
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  server.seen.length = 0
  await directory.removeMembers('Ops', ['ada@example.com'])
  expect(server.seen.map(({ body }) => Object(body)['Operations'])).toEqual([
    [{ op: 'replace', value: { id: 'Groups-2', displayName: 'Ops' } }],
    [{ op: 'remove', path: 'members[value eq "Users-1"]' }],
  ])
})

test('another process finds the group again and keeps its members when it adds one', async () => {
  const server = await memoryServer()
  const first = connectDirectory('okta', server.connection)
  for (const name of ['ada', 'grace']) await first.assign({ userName: `${name}@example.com` })
  await first.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  server.seen.length = 0
  const outcome = await connectDirectory('okta', server.connection).addMembers('Ops', ['grace@example.com', 'nobody@example.com'])
  expect(outcome.leftOut).toEqual(['nobody@example.com'])
  expect(outcome.seen).toBe('Group Ops: 1 added, push status Active. 1 member is not in the app and was left out: nobody@example.com.')
  const put = server.seen.find(({ method }) => method === 'PUT')
  expect(Object(put?.body)['members']).toEqual([
    { value: 'Users-1', display: 'ada@example.com' },
    { value: 'Users-2', display: 'grace@example.com' },
  ])
})

test('an import reads page after page, and notices a server that loses someone between pages', async () => {
  const server = await foreignServer(({ url }) => {
    if (!url.includes('Users')) return listOf()
    const from = Number(new URL(url, 'http://s').searchParams.get('startIndex'))
    const page = Array.from({ length: Math.min(100, 251 - from) }, (_, index) => ({ id: `u${from + index}` }))
    return { status: 200, body: { ...Object(listOf(...page).body), totalResults: 250, startIndex: from } }
  })
  const outcome = await connectDirectory('okta', server.connection).import()
  expect(outcome.imported).toEqual({ users: 250, groups: 0 })
  expect(server.lines()).toEqual([
    'GET Users?startIndex=1&count=100',
    'GET Users?startIndex=101&count=100',
    'GET Users?startIndex=201&count=100',
    'GET Groups?startIndex=1&count=100',
  ])
  const unstable = await foreignServer(() => ({ status: 200, body: { ...Object(listOf({ id: 'same' }).body), totalResults: 2 } }))
  expect((await connectDirectory('okta', unstable.connection).import()).detail).toContain('someone is lost')
})
