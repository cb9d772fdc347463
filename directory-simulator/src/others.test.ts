import { expect, test } from 'vitest'
import { connectDirectory } from './connect.ts'
import { foreignServer, listOf, scimError } from './testing-foreign-server.ts'
import { memoryServer } from './testing-memory-server.ts'

const ADA = { userName: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' }
const GRACE = { userName: 'grace@example.com', givenName: 'Grace', familyName: 'Hopper' }

function operations(body: unknown): unknown {
  return Object(body)['Operations']
}

test('OneLogin leaves a plus, a trailing ampersand and a trailing question mark, and SCIM 1.0 in the schemas', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('onelogin', server.connection)
  await directory.assign(ADA)
  await directory.update('ada@example.com', { title: 'Countess' })
  await directory.deactivate('ada@example.com')
  expect(server.lines()).toEqual([
    'GET Users?filter=userName+eq+%22ada%40example.com%22&',
    'POST Users?',
    'PUT Users/Users-1?',
    'PUT Users/Users-1?',
  ])
  expect(server.seen[1]?.body).toMatchObject({ schemas: ['urn:scim:schemas:core:1.0'], externalId: expect.stringMatching(/^\d{12}$/) })
  expect(server.seen[3]?.body).toMatchObject({ title: 'Countess', active: false })
})

test('OneLogin sends a request for each member', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('onelogin', server.connection)
  for (const person of [ADA, GRACE]) await directory.assign(person)
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com', 'grace@example.com'] })
  const patches = server.seen.filter(({ method }) => method === 'PATCH')
  expect(patches.map(({ body }) => operations(body))).toEqual([
    [{ op: 'add', path: 'members', value: [{ value: 'Users-1' }] }],
    [{ op: 'add', path: 'members', value: [{ value: 'Users-2' }] }],
  ])
})

test('a JumpCloud activation makes a test user and a test group, and deletes both', async () => {
  const server = await memoryServer()
  const outcome = await connectDirectory({ kind: 'jumpcloud', testEmail: 'jc@example.com' }, server.connection).test()
  expect(outcome.ok, outcome.seen).toBe(true)
  expect(server.seen.map(({ method }) => method).join(' ')).toBe('GET POST GET PUT GET POST PATCH PATCH PATCH DELETE DELETE')
  expect(server.seen[1]?.body).toMatchObject({ userName: 'jc@example.com', active: true })
})

test('JumpCloud repeats the members who are there when it adds one, and removes with values', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('jumpcloud', server.connection)
  for (const person of [ADA, GRACE]) await directory.assign(person)
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  server.seen.length = 0
  await directory.addMembers('Ops', ['grace@example.com'])
  await directory.removeMembers('Ops', ['ada@example.com'])
  expect(server.seen.map(({ body }) => operations(body))).toEqual([
    [{ op: 'add', path: 'members', value: [{ value: 'Users-1' }, { value: 'Users-2' }] }],
    [{ op: 'remove', path: 'members', value: [{ value: 'Users-1' }] }],
  ])
})

test('authentik reads the ServiceProviderConfig once, and sends no more operations at once than bulk allows', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('authentik', server.connection)
  await directory.test()
  for (const name of ['ada', 'grace', 'alan']) await directory.assign({ userName: `${name}@example.com` })
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com', 'grace@example.com', 'alan@example.com'] })
  expect(server.lines().filter((line) => line.includes('ServiceProviderConfig'))).toHaveLength(1)
  const patches = server.seen.filter(({ method }) => method === 'PATCH')
  expect(patches.map(({ body }) => operations(body))).toEqual([
    [
      { op: 'add', path: 'members', value: [{ value: 'Users-1' }] },
      { op: 'add', path: 'members', value: [{ value: 'Users-2' }] },
    ],
    [{ op: 'add', path: 'members', value: [{ value: 'Users-3' }] }],
  ])
})

test('authentik creates first, and after a conflict matches and takes over', async () => {
  const server = await foreignServer(({ method, url }) => {
    if (url.endsWith('ServiceProviderConfig')) return scimError(404, 'none')
    if (method === 'POST') return scimError(409, 'userName exists', 'uniqueness')
    return method === 'GET' ? listOf({ id: 'u7', userName: 'ada@example.com' }) : { status: 200, body: { id: 'u7' } }
  })
  const outcome = await connectDirectory('authentik', server.connection).assign(ADA)
  expect(outcome).toMatchObject({ ok: true, id: 'u7' })
  expect(server.lines()).toEqual([
    'GET ServiceProviderConfig',
    'POST Users',
    'GET Users?filter=userName+eq+%22ada%40example.com%22',
    'PUT Users/u7',
  ])
})

test('authentik renames with the whole group in a value without a path, and keeps the externalId', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('authentik', server.connection)
  await directory.pushGroup({ name: 'Ops', members: [] })
  const made = server.seen.find(({ method, url }) => method === 'POST' && url.endsWith('Groups'))
  await directory.renameGroup('Ops', 'Operations')
  const patch = server.seen.find(({ method }) => method === 'PATCH')
  expect(operations(patch?.body)).toEqual([
    {
      op: 'replace',
      value: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        id: 'Groups-1',
        externalId: Object(made?.body)['externalId'],
        displayName: 'Operations',
      },
    },
  ])
})

test('authentik adds nobody to a linked group whose server leaves out members', async () => {
  const server = await foreignServer(({ method, url }) => {
    if (url.endsWith('ServiceProviderConfig'))
      return { status: 200, body: { patch: { supported: true }, filter: { supported: true }, bulk: { supported: false } } }
    if (method === 'POST')
      return url.endsWith('Users') ? { status: 201, body: { id: 'u1' } } : scimError(409, 'displayName exists', 'uniqueness')
    return url.includes('filter') ? listOf({ id: 'g1', displayName: 'Ops' }) : { status: 200, body: { id: 'g1', displayName: 'Ops' } }
  })
  const directory = connectDirectory('authentik', server.connection)
  await directory.assign(ADA)
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  expect(server.lines().slice(-3)).toEqual(['POST Groups', 'GET Groups?filter=displayName+eq+%22Ops%22', 'GET Groups/g1'])
})

test('authentik reads pages by where it stopped', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('authentik', server.connection)
  for (const name of ['ada', 'grace', 'alan']) await directory.assign({ userName: `${name}@example.com` })
  server.seen.length = 0
  expect((await directory.import()).imported).toEqual({ users: 3, groups: 0 })
  expect(server.lines()).toEqual(['GET Users', 'GET Users?startIndex=3', 'GET Groups'])
})

test('without PATCH at the server authentik PUTs whole groups', async () => {
  const server = await foreignServer(({ method, url }) => {
    if (url.endsWith('ServiceProviderConfig')) return scimError(404, 'none')
    if (method === 'POST') return { status: 201, body: { id: url.endsWith('Users') ? 'u1' : 'g1' } }
    return method === 'GET' ? listOf() : { status: 200, body: { id: 'g1' } }
  })
  const directory = connectDirectory('authentik', server.connection)
  await directory.assign(ADA)
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  expect(server.seen.at(-1)).toMatchObject({ method: 'PUT', body: { displayName: 'Ops', members: [{ value: 'u1' }] } })
})
