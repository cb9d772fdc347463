import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GROUP_URN } from './schemas/group.ts'
import { groupType, userType } from './schemas/resource-type.ts'
import { type Answer, createUsers, expectRefusal, oktaGroup, oktaUser, patchOf, startScim, type TestServer } from './testing-server.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

async function startWithTargets() {
  const server = await startScim()
  const [ada = ''] = await createUsers(server.scim, 'ada@example.com')
  const { body: group } = await server.scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  const paths: [string, string][] = [
    ['POST', '/Users'],
    ['PUT', `/Users/${ada}`],
    ['PATCH', `/Users/${ada}`],
    ['POST', '/Groups'],
    ['PUT', `/Groups/${group.id}`],
    ['PATCH', `/Groups/${group.id}`],
    ['POST', '/Bulk'],
    ['POST', '/Users/.search'],
    ['POST', '/Groups/.search'],
    ['POST', '/.search'],
  ]
  return { ...server, ada, group, paths }
}

async function unchanged({ scim }: TestServer, ada: string, groupId: string) {
  return [(await scim(`/Users/${ada}`)).body, (await scim(`/Groups/${groupId}`)).body]
}

const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000)

test('a body that is no JSON, no object, or nests without end is refused at every path, and nothing changes', async () => {
  const server = await startWithTargets()
  const { scim, ada, group, paths } = server
  const before = await unchanged(server, ada, group.id)
  const bodies = [
    '{"userName": "a@example.com"',
    '',
    '   ',
    '[]',
    '[{}]',
    '"text"',
    '5',
    'null',
    'true',
    '{}',
    '{"schemas": 5}',
    '{"Operations": {}}',
    '{"Operations": [5]}',
    '{"__proto__": {"userName": "a@example.com"}}',
    '{"constructor": {"prototype": {"userName": "a@example.com"}}}',
    deep('[', ']'),
    deep('{"a":', '}').replace('}', '1}'),
    `{"userName": "deep@example.com", "displayName": "Deep", "other": ${deep('[', ']')}}`,
    '['.repeat(1_000_000),
    '\u0000',
    '{"userName": "a@example.com",}',
  ]
  for (const [method, path] of paths) {
    for (const body of bodies) {
      const started = Date.now()
      const answer = await scim(path, { method, body })
      expectRefusal(answer, 400, answer.body.scimType)
      expect(['invalidSyntax', 'invalidValue']).toContain(answer.body.scimType)
      expect(Date.now() - started).toBeLessThan(2_000)
    }
  }
  expect(await unchanged(server, ada, group.id)).toEqual(before)
  expect((await scim('/')).body.totalResults).toBe(2)
})

test('brackets and quotes inside of texts do not count as nesting', async () => {
  const { scim } = await startScim()
  const title = `${'['.repeat(500)}\\"${'{'.repeat(500)}\\\\`
  const { status, body } = await scim('/Users', { body: oktaUser('ada@example.com', { title }) })
  expect([status, body.title]).toEqual([201, title])
})

test('a body that is too large is refused with the limit, for a request as for a bulk one', async () => {
  const { scim } = await startScim()
  const huge = `{"userName": "${'a'.repeat(17 * 1024 * 1024)}"}`
  const refused = await scim('/Users', { body: huge })
  expectRefusal(refused, 413)
  expect(refused.body.detail).toContain('16777216')
  const bulk = await scim('/Bulk', { body: `{"schemas": ["${'a'.repeat(5 * 1024 * 1024)}"]}` })
  expectRefusal(bulk, 413)
  expect(bulk.body.detail).toContain('4194304')
})

test('more operations than a request may have are refused with the limit', async () => {
  const { scim, ada, group } = await startWithTargets()
  const operations = Array(1_001).fill({ op: 'replace', path: 'externalId', value: 'x' })
  for (const path of [`/Users/${ada}`, `/Groups/${group.id}`]) {
    const refused = await scim(path, { method: 'PATCH', body: patchOf(...operations) })
    expectRefusal(refused, 413)
    expect(refused.body.detail).toContain('1000')
  }
  const bulk = await scim('/Bulk', {
    body: { schemas: [BULK], Operations: Array(1_001).fill({ method: 'DELETE', path: `/Users/${ada}` }) },
  })
  expectRefusal(bulk, 413)
  expect(bulk.body.detail).toContain('1000')
})

const wrongValues: unknown[] = [
  5,
  -1.5,
  true,
  false,
  null,
  '',
  [],
  {},
  [[]],
  [5],
  [null],
  'x',
  { value: {} },
  [{ value: 5 }],
  { value: [{}] },
]

function expectAnswered(answer: Answer, sent: unknown) {
  expect([answer.status < 500, sent]).toEqual([true, sent])
  if (answer.status >= 400) expectRefusal(answer, answer.status, answer.body.scimType)
}

test('a value of the wrong type at any attribute is refused or passed over, and never breaks the server', async () => {
  const { scim, ada, group } = await startWithTargets()
  const names = [...userType.byName.values()].flatMap(({ name, subAttributes }) => [
    name,
    ...subAttributes.map((sub) => `${name}.${sub.name}`),
  ])
  const enterprise = [...(userType.extensions.get(ENTERPRISE.toLowerCase())?.attributes ?? [])].map(({ name }) => `${ENTERPRISE}:${name}`)
  const some = fc.oneof(fc.constantFrom(...wrongValues), fc.jsonValue({ maxDepth: 3, noUnicodeString: false }))
  const wrongUser = fc.tuple(fc.constantFrom(...names, ...enterprise, ENTERPRISE), some)
  await fc.assert(
    fc.asyncProperty(wrongUser, fc.constantFrom('add', 'replace', 'remove'), async ([path, value], op) => {
      const [name = '', sub] = path.split(/\.(?!0)/)
      const body = { userName: 'ada@example.com', [name]: sub === undefined ? value : { [sub]: value } }
      expectAnswered(await scim(`/Users/${ada}`, { method: 'PUT', body }), body)
      expectAnswered(await scim('/Users', { body }), body)
      for (const operation of [
        { op, path, value },
        { op, value: { [path]: value } },
        { op, path, value: [value] },
      ]) {
        expectAnswered(await scim(`/Users/${ada}`, { method: 'PATCH', body: patchOf(operation) }), operation)
      }
    }),
    { numRuns: 100 },
  )
  const groupNames = [...groupType.byName.values()].flatMap(({ name, subAttributes }) => [
    name,
    ...subAttributes.map((sub) => `${name}.${sub.name}`),
  ])
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...groupNames, GROUP_URN),
      some,
      fc.constantFrom('add', 'replace', 'remove'),
      async (path, value, op) => {
        const body = { displayName: 'Staff', [path]: value }
        expectAnswered(await scim(`/Groups/${group.id}`, { method: 'PUT', body }), body)
        for (const operation of [
          { op, path, value },
          { op, value: { [path]: value } },
        ]) {
          expectAnswered(await scim(`/Groups/${group.id}`, { method: 'PATCH', body: patchOf(operation) }), operation)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a character that cannot be stored is refused in every text of a user and of a group, and by name', async () => {
  const { scim, ada, group } = await startWithTargets()
  const texts = [...userType.byName.values()].filter(
    ({ type, mutability, multiValued }) => type === 'string' && mutability === 'readWrite' && !multiValued,
  )
  for (const bad of ['a\u0000b', '\u0000', 'half \ud83d', '\ude00 half']) {
    for (const { name } of texts) {
      const body = oktaUser('ada@example.com', { [name]: bad })
      expectRefusal(await scim('/Users', { body }), 400, 'invalidValue')
      const refused = await scim(`/Users/${ada}`, { method: 'PATCH', body: patchOf({ op: 'replace', path: name, value: bad }) })
      expectRefusal(refused, 400, 'invalidValue')
      expect(refused.body.detail).toContain(name)
    }
    const nested = [
      { name: { givenName: bad } },
      { emails: [{ value: bad, type: 'work' }] },
      { addresses: [{ locality: bad }] },
      { photos: [{ value: bad }] },
      { x509Certificates: [{ value: bad }] },
      { [ENTERPRISE]: { department: bad } },
      { [ENTERPRISE]: { manager: { value: bad } } },
    ]
    for (const more of nested) expectRefusal(await scim('/Users', { body: oktaUser('new@example.com', more) }), 400, 'invalidValue')
    for (const body of [oktaGroup(bad), oktaGroup('New', [bad]), oktaGroup('New', [], { externalId: bad })]) {
      expectRefusal(await scim('/Groups', { body }), 400, 'invalidValue')
      expectRefusal(await scim(`/Groups/${group.id}`, { method: 'PUT', body }), 400, 'invalidValue')
    }
    for (const operation of [
      { op: 'replace', path: `members[value eq "${bad}"]` },
      { op: 'remove', path: `members[value eq "${bad}"]` },
      { op: bad, path: 'displayName', value: 'x' },
      { op: 'replace', path: bad, value: 'x' },
      { op: 'add', path: 'members', value: [{ value: bad }] },
    ]) {
      expect((await scim(`/Groups/${group.id}`, { method: 'PATCH', body: patchOf(operation) })).status).toBe(400)
    }
    const bulk = await scim('/Bulk', {
      body: {
        schemas: [BULK],
        Operations: [
          { method: 'DELETE', path: `/Users/${bad}` },
          { method: bad, path: '/Users', bulkId: 'other', data: {} },
          { method: 'POST', path: '/Groups', bulkId: bad, data: oktaGroup(`Made beside ${bad.length} ${bad.charCodeAt(0)}`) },
          { method: 'PATCH', path: `/Groups/${bad}`, data: patchOf({ op: 'add', path: 'members', value: [] }) },
        ],
      },
    })
    expect(bulk.body.Operations.map(({ status }: { status: string }) => status)).toEqual(['404', '400', '201', '404'])
  }
})
