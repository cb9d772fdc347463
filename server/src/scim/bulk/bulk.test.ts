import { expect, test } from 'vitest'
import { createUsers, expectRefusal, memberIds, oktaGroup, oktaUser, patchOf, startScim } from '../testing-server.ts'

const REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

async function startBulk() {
  const server = await startScim()
  const bulk = (Operations: unknown[], more: object = {}) => server.scim('/Bulk', { body: { schemas: [REQUEST], ...more, Operations } })
  return { ...server, bulk }
}

const post = (bulkId: string, data: object, path = '/Users') => ({ method: 'POST', path, bulkId, data })

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
const statuses = (answer: { body: any }): string[] => answer.body.Operations.map(({ status }: { status: string }) => status)

test('operations are answered in their order with status, location and version, and refer to each other, forward too', async () => {
  const { scim, bulk, base } = await startBulk()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const answer = await bulk([
    post('team', oktaGroup('Staff', [ada, 'bulkId:grace', 'bulkId:edsger']), '/Groups'),
    post('grace', oktaUser('grace@example.com')),
    post('edsger', oktaUser('edsger@example.com', { active: false })),
    { method: 'PATCH', path: '/Users/bulkId:grace', data: patchOf({ op: 'replace', path: 'title', value: 'Admiral' }) },
    { method: 'PUT', path: `/Users/${ada}`, data: oktaUser('ada@example.com', { title: 'Countess' }) },
    { method: 'PATCH', path: '/Groups/bulkId:team', bulkId: 'again', data: patchOf({ op: 'remove', path: `members[value eq "${ada}"]` }) },
    post('gone', oktaGroup('Short-lived'), '/Groups'),
    { method: 'DELETE', path: '/Groups/bulkId:gone' },
  ])
  expect(answer.status).toBe(200)
  expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse'])
  expect(statuses(answer)).toEqual(['201', '201', '201', '200', '200', '204', '201', '204'])
  const [team, grace, edsger, patched, put, removed] = answer.body.Operations
  expect(grace).toEqual({ method: 'POST', bulkId: 'grace', status: '201', version: 'W/"1"', location: expect.stringContaining('/Users/') })
  expect([patched.location, patched.version]).toEqual([grace.location, 'W/"2"'])
  expect([put.version, removed.location, removed.bulkId]).toEqual(['W/"2"', team.location, 'again'])
  const idOf = (operation: { location: string }) => operation.location.split('/').at(-1) ?? ''
  expect(await memberIds(scim, idOf(team))).toEqual([idOf(grace), idOf(edsger)])
  expect((await scim(`${base}/Users/${idOf(grace)}`)).body.title).toBe('Admiral')
  expect((await scim(`/Users/${idOf(edsger)}`)).body.active).toBe(false)
  expect((await scim('/Groups')).body.totalResults).toBe(1)
})

test('one operation that fails leaves the others, and says what was wrong with it', async () => {
  const { scim, bulk, db } = await startBulk()
  const answer = await bulk([
    post('a', oktaUser('ada@example.com')),
    post('b', oktaUser('ADA@example.com')),
    post('c', oktaGroup('Staff', ['bulkId:a', 'bulkId:b']), '/Groups'),
    post('d', oktaGroup('Crew', ['not-an-id']), '/Groups'),
    post('e', oktaUser('nobody')),
    { method: 'PATCH', path: '/Users/01920000-0000-7000-8000-000000000000', data: patchOf({ op: 'replace', path: 'title', value: 'x' }) },
    {
      method: 'PATCH',
      path: '/Users/bulkId:a',
      data: patchOf({ op: 'replace', path: 'title', value: 'x' }, { op: 'remove', path: 'userName' }),
    },
    { method: 'GET', path: '/Users' },
    { method: 'DELETE', path: '/Devices/1' },
    post('f', oktaUser('grace@example.com')),
  ])
  expect(statuses(answer)).toEqual(['201', '409', '409', '400', '400', '404', '400', '400', '400', '201'])
  expect(answer.body.Operations[1].response).toMatchObject({
    status: '409',
    scimType: 'uniqueness',
    detail: expect.stringContaining('belongs to'),
  })
  expect(answer.body.Operations[1]).not.toHaveProperty('location')
  expect(answer.body.Operations[5].location).toContain('/Users/01920000')
  const names = (await scim('/Users')).body.Resources.map(({ userName }: { userName: string }) => userName)
  expect(names).toEqual(['ada@example.com', 'grace@example.com'])
  expect((await scim('/Users')).body.Resources[0]).not.toHaveProperty('title')
  expect((await scim('/Groups')).body.totalResults).toBe(0)
  const audited = await db.selectFrom('audit_log').select('action').where('actor', 'like', 'scim:%').execute()
  expect(audited).toEqual([{ action: 'user.created' }, { action: 'user.created' }])
})

test('failOnErrors ends the request after so many errors, and what was done stays done', async () => {
  const { scim, bulk } = await startBulk()
  const operations = [
    post('a', oktaUser('ada@example.com')),
    post('b', oktaUser('nobody')),
    post('c', oktaUser('grace@example.com')),
    post('d', oktaUser('no one')),
    post('e', oktaUser('edsger@example.com')),
  ]
  expect(statuses(await bulk(operations, { failOnErrors: 1 }))).toEqual(['201', '400'])
  expect((await scim('/Users')).body.totalResults).toBe(1)
  expect(statuses(await bulk(operations, { failOnErrors: 3 }))).toEqual(['409', '400', '201', '400'])
  expect((await scim('/Users')).body.totalResults).toBe(2)
})

test('references that go round in a circle, to nothing, or by a bulkId that comes twice fail alone', async () => {
  const { scim, bulk } = await startBulk()
  const answer = await bulk([
    {
      method: 'PATCH',
      path: '/Groups/bulkId:b',
      bulkId: 'a',
      data: patchOf({ op: 'add', path: 'members', value: [{ value: 'bulkId:b' }] }),
    },
    post('b', oktaGroup('Staff', ['bulkId:a']), '/Groups'),
    post('self', oktaGroup('Self', ['bulkId:self']), '/Groups'),
    post('c', oktaGroup('Crew', ['bulkId:nothing']), '/Groups'),
    post('d', oktaUser('ada@example.com')),
    post('d', oktaUser('grace@example.com')),
    { method: 'POST', path: '/Users', data: oktaUser('edsger@example.com') },
  ])
  expect(statuses(answer)).toEqual(['409', '409', '409', '400', '201', '400', '400'])
  expect((await scim('/')).body.totalResults).toBe(1)
})

test('an operation with an old version is refused, one with the present version is done', async () => {
  const { scim, bulk } = await startBulk()
  const [ada] = await createUsers(scim, 'ada@example.com')
  const data = patchOf({ op: 'replace', path: 'title', value: 'x' })
  const answer = await bulk([
    { method: 'PATCH', path: `/Users/${ada}`, version: 'W/"9"', data },
    { method: 'PATCH', path: `/Users/${ada}`, version: 'W/"1"', data },
    { method: 'DELETE', path: `/Users/${ada}`, version: 'W/"1"' },
    { method: 'DELETE', path: `/Users/${ada}`, version: 'W/"2"' },
  ])
  expect(statuses(answer)).toEqual(['412', '200', '412', '204'])
})

test('what is no bulk request is refused whole', async () => {
  const { scim } = await startBulk()
  const operation = post('a', oktaUser('ada@example.com'))
  for (const body of [
    { Operations: [operation] },
    { schemas: ['urn:example'], Operations: [operation] },
    { schemas: [REQUEST] },
    { schemas: [REQUEST], Operations: 'x' },
    { schemas: [REQUEST], failOnErrors: 'x', Operations: [operation] },
    { schemas: [REQUEST], Operations: [operation, 5] },
    { schemas: [REQUEST], Operations: [{ ...operation, path: 5 }] },
  ]) {
    expectRefusal(await scim('/Bulk', { body }), 400, 'invalidSyntax')
  }
  expect((await scim('/Users')).body.totalResults).toBe(0)
})

test('bulk requests that come together are all done, and the log tells of each', async () => {
  const { scim, bulk, log } = await startBulk()
  const requests = Array.from({ length: 8 }, (_, request) =>
    bulk([
      ...Array.from({ length: 40 }, (_, i) => post(`u${i}`, oktaUser(`user${request}-${i}@example.com`))),
      post('team', oktaGroup(`Team ${request}`, ['bulkId:u0', 'bulkId:u39']), '/Groups'),
      post('bad', oktaUser('nobody')),
    ]),
  )
  for (const answer of await Promise.all(requests)) {
    expect([answer.status, new Set(statuses(answer).slice(0, -1)), statuses(answer).at(-1)]).toEqual([200, new Set(['201']), '400'])
  }
  expect((await scim('/Users?count=1')).body.totalResults).toBe(320)
  expect((await scim('/Groups?count=1')).body.totalResults).toBe(8)
  const lines = (await log(8)).filter(({ operation }) => operation === 'bulk')
  expect(lines).toHaveLength(8)
  for (const { summary } of lines) expect(summary).toMatch(/^Bulk: 41 of 42 operations done, 1 refused\. Created user\d-0@example\.com/)
})
