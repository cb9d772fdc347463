import { expect, test } from 'vitest'
import { connectDirectory } from './connect.ts'
import { foreignServer, listOf } from './testing-foreign-server.ts'
import { memoryServer } from './testing-memory-server.ts'

const ADA = { userName: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' }
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function operations(body: unknown): unknown {
  return Object(body)['Operations']
}

test('Test Connection asks for a user and a group that cannot exist', async () => {
  const server = await foreignServer(() => listOf())
  const outcome = await connectDirectory('entra', server.connection).test()
  expect(outcome.seen).toBe('The supplied credentials are authorized to enable provisioning.')
  expect(server.lines()).toEqual([
    expect.stringMatching(/^GET Users\?filter=userName\+eq\+%22[0-9a-f-]{36}%22$/),
    expect.stringMatching(/^GET Groups\?excludedAttributes=members&filter=displayName\+eq\+%22[0-9a-f-]{36}%22$/),
  ])
})

test('a user is created with the enterprise schema, meta, and no roles; the manager follows as a bare id', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('entra', server.connection)
  await directory.assign(ADA)
  await directory.assign({ userName: 'grace@example.com', department: 'Navy', manager: 'ada@example.com' })
  expect(server.seen[1]?.body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
    externalId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
    userName: 'ada@example.com',
    active: true,
    displayName: 'Ada Lovelace',
    emails: [{ primary: true, type: 'work', value: 'ada@example.com' }],
    meta: { resourceType: 'User' },
    name: { formatted: 'Ada Lovelace', familyName: 'Lovelace', givenName: 'Ada' },
    roles: [],
  })
  expect(server.seen[3]?.body).toMatchObject({ [ENTERPRISE]: { department: 'Navy' } })
  expect(operations(server.seen[4]?.body)).toEqual([{ op: 'Add', path: `${ENTERPRISE}:manager`, value: 'Users-1' }])
})

test('the older behaviour sends an operation for each attribute, capitalised, with booleans as text', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('entra', server.connection)
  await directory.assign(ADA)
  server.seen.length = 0
  await directory.update('ada@example.com', {
    userName: 'augusta@example.com',
    givenName: 'Augusta',
    department: 'Analysis',
    manager: null,
  })
  await directory.deactivate('augusta@example.com')
  expect(server.lines()).toEqual(['GET Users/Users-1', 'PATCH Users/Users-1', 'PATCH Users/Users-1'])
  expect(operations(server.seen[1]?.body)).toEqual([
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'augusta@example.com' },
    { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Analysis' },
    { op: 'Replace', path: `${ENTERPRISE}:manager`, value: '' },
    { op: 'Replace', path: 'userName', value: 'augusta@example.com' },
    { op: 'Replace', path: 'name.givenName', value: 'Augusta' },
    { op: 'Replace', path: 'displayName', value: 'Augusta Lovelace' },
  ])
  expect(operations(server.seen[2]?.body)).toEqual([{ op: 'Replace', path: 'active', value: 'False' }])
})

test('the compliant behaviour, by option or by the flag in the URL, sends dotted keys without a path and true booleans', async () => {
  const server = await memoryServer()
  const flagged = { ...server.connection, baseUrl: `${server.connection.baseUrl}?aadOptscim062020` }
  const directory = connectDirectory('entra', flagged)
  await directory.assign(ADA)
  server.seen.length = 0
  await directory.update('ada@example.com', { givenName: 'Augusta', familyName: 'King', email: 'ak@example.com' })
  await directory.deactivate('ada@example.com')
  expect(server.lines()[0]).toBe('GET Users/Users-1')
  expect(operations(server.seen[1]?.body)).toEqual([
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'ak@example.com' },
    { op: 'replace', value: { 'name.givenName': 'Augusta', 'name.familyName': 'King', displayName: 'Augusta King' } },
  ])
  expect(operations(server.seen[2]?.body)).toEqual([{ op: 'replace', path: 'active', value: false }])
})

test('users are matched by externalId, quoted or not, or by the work address', async () => {
  const server = await foreignServer(({ method }) => (method === 'GET' ? listOf() : { status: 201, body: { id: 'u1' } }))
  const person = { ...ADA, externalId: 'abc-1' }
  await connectDirectory({ kind: 'entra', matching: 'externalId' }, server.connection).assign(person)
  await connectDirectory({ kind: 'entra', matching: 'externalId', flavour: 'compliant' }, server.connection).assign(person)
  await connectDirectory({ kind: 'entra', matching: 'email' }, server.connection).assign(person)
  expect(server.lines().filter((line) => line.startsWith('GET'))).toEqual([
    'GET Users?filter=externalId+eq+abc-1',
    'GET Users?filter=externalId+eq+%22abc-1%22',
    'GET Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22ada%40example.com%22',
  ])
})

test('a user who is there is matched, and only what differs is changed', async () => {
  const there = {
    id: 'u7',
    userName: 'ada@example.com',
    externalId: 'abc-1',
    name: { givenName: 'Ada' },
    displayName: 'Ada Lovelace',
    active: false,
  }
  const server = await foreignServer(({ method }) => (method === 'GET' ? listOf(there) : { status: 204 }))
  const outcome = await connectDirectory('entra', server.connection).assign({ ...ADA, externalId: 'abc-1' })
  expect(outcome.seen).toContain('matched and updated')
  expect(operations(server.seen[1]?.body)).toEqual([
    { op: 'Add', path: 'name.familyName', value: 'Lovelace' },
    { op: 'Replace', path: 'active', value: 'True' },
  ])
})

test('two users for one filter are DuplicateTargetEntries', async () => {
  const server = await foreignServer(() => listOf({ id: 'a' }, { id: 'b' }))
  expect((await connectDirectory('entra', server.connection).assign(ADA)).seen).toContain('DuplicateTargetEntries')
})

test('a group is made with the extra schema and without members, who come and go as references', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('entra', server.connection)
  await directory.assign(ADA)
  server.seen.length = 0
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  await directory.removeMembers('Ops', ['ada@example.com'])
  expect(server.lines()).toEqual([
    'GET Groups?excludedAttributes=members&filter=displayName+eq+%22Ops%22',
    'POST Groups',
    'PATCH Groups/Groups-2',
    'PATCH Groups/Groups-2',
  ])
  expect(server.seen[1]?.body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group', 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: expect.any(String),
    displayName: 'Ops',
    meta: { resourceType: 'Group' },
  })
  expect(operations(server.seen[2]?.body)).toEqual([{ op: 'Add', path: 'members', value: [{ $ref: null, value: 'Users-1' }] }])
  expect(operations(server.seen[3]?.body)).toEqual([{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'Users-1' }] }])
})

test('the compliant behaviour removes a member by a filter in the path', async () => {
  const server = await memoryServer()
  const directory = connectDirectory({ kind: 'entra', flavour: 'compliant' }, server.connection)
  await directory.assign(ADA)
  await directory.pushGroup({ name: 'Ops', members: ['ada@example.com'] })
  await directory.removeMembers('Ops', ['ada@example.com'])
  expect(operations(server.seen.at(-1)?.body)).toEqual([{ op: 'remove', path: 'members[value eq "Users-1"]' }])
})

test('a hard delete is a DELETE', async () => {
  const server = await memoryServer()
  const directory = connectDirectory('entra', server.connection)
  await directory.assign(ADA)
  expect((await directory.delete('ada@example.com')).ok).toBe(true)
  expect(server.lines().at(-1)).toBe('DELETE Users/Users-1')
})

test('someone whom the server does not know is skipped, not made', async () => {
  const server = await memoryServer()
  const outcome = await connectDirectory('entra', server.connection).deactivate('nobody@example.com')
  expect(outcome.seen).toBe("Skipped. Failed to disable User 'nobody@example.com' in Claviger: Matching user not found.")
})
