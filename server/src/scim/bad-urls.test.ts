import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { createUsers, expectRefusal, oktaGroup, oktaUser, patchOf, startScim } from './testing-server.ts'

test('ids that are none are not found, whatever stands in them, and the log keeps what was asked', async () => {
  const { scim, log } = await startScim()
  const ids = [
    'x',
    '1',
    '%00',
    'a%00b',
    '%F0%9F%98%80',
    "'%20or%201=1--",
    '%25',
    '%2F',
    'null',
    '..%2f..',
    '*',
    '-1',
    '%EF%BF%BF',
    '_',
    'undefined',
  ]
  for (const id of ids) {
    for (const path of [`/Users/${id}`, `/Groups/${id}`]) {
      expectRefusal(await scim(path), 404)
      expectRefusal(await scim(path, { method: 'DELETE' }), 404)
      const body = path.startsWith('/Users') ? oktaUser('ada@example.com') : oktaGroup('Staff')
      expectRefusal(await scim(path, { method: 'PUT', body }), 404)
      expectRefusal(await scim(path, { method: 'PATCH', body: patchOf({ op: 'replace', path: 'externalId', value: 'x' }) }), 404)
    }
  }
  expect((await log(ids.length * 8)).every(({ status, detail }) => status === 404 && detail?.startsWith('There is no '))).toBe(true)
})

test('escapes in a URL that stand for no character are refused in the form of SCIM', async () => {
  const { scim } = await startScim()
  for (const path of ['/Users/%', '/Users/%ZZ', '/Users/%E0%A4%A', '/Users/%FF', '/%C3%28'])
    expectRefusal(await scim(path), 400, 'invalidSyntax')
  for (const query of ['filter=%', 'filter=%ZZ', 'filter=userName%20eq%20%22%FF%22%', 'sortBy=%E0%A4', '%=%']) {
    const answer = await scim(`/Users?${query}`)
    expect([200, 400]).toContain(answer.status)
    if (answer.status === 400) expectRefusal(answer, 400, answer.body.scimType)
  }
})

test('a parameter that comes twice is refused by its name; one that is not ours is passed over', async () => {
  const { scim } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  for (const name of ['filter', 'startIndex', 'count', 'sortBy', 'sortOrder', 'attributes', 'excludedAttributes', 'cursor']) {
    const refused = await scim(`/Users?${name}=1&${name}=1`)
    expect([name, refused.status]).toEqual([name, 400])
    expect(refused.body.detail).toContain(name)
  }
  expectRefusal(await scim(`/Users/${ada}?attributes=id&attributes=meta`), 400, 'invalidValue')
  const passed = await scim('/Users?aadOptscim062020&x[]=1&__proto__=1&constructor=1&toString=1&a=1&a=2')
  expect([passed.status, passed.body.totalResults]).toEqual([200, 1])
})

test('filters without end are refused quickly: parentheses, brackets, conditions, length', async () => {
  const { scim } = await startScim()
  const condition = 'userName eq "a"'
  const filters = [
    '('.repeat(5_000),
    `${'('.repeat(3_000)}${condition}${')'.repeat(3_000)}`,
    'not ('.repeat(1_000) + condition + ')'.repeat(1_000),
    'emails['.repeat(1_000),
    Array(500).fill(condition).join(' or '),
    `userName eq "${'a'.repeat(8_200)}"`,
    '"'.repeat(5_001),
    'a'.repeat(8_000),
  ]
  for (const filter of filters) {
    const started = Date.now()
    expectRefusal(await scim(`/Users?filter=${encodeURIComponent(filter)}`), 400, 'invalidFilter')
    expect(Date.now() - started).toBeLessThan(1_000)
  }
  const longest = Array(256).fill('emails[value co "x" and type eq "y"]').join(' or ')
  const search = (filter: string) =>
    scim('/Users/.search', { body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter } })
  expectRefusal(await search(longest), 400, 'invalidFilter')
  const allowed = Array(256).fill('title co "x"').join(' or ')
  expect((await search(allowed)).status).toBe(200)
  const deepest = `${'('.repeat(32)}${condition}${')'.repeat(32)}`
  expect((await search(deepest)).body.totalResults).toBe(0)
})

test('operations, paths and values that mean nothing are refused with the error that RFC 7644 names', async () => {
  const { scim } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const cases: [unknown, string][] = [
    [{ op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
    [{ path: 'title', value: 'x' }, 'invalidSyntax'],
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'remove', path: '' }, 'noTarget'],
    [{ op: 'replace', path: 'nonsense', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'title', value: 5 }, 'invalidValue'],
    [{ op: 'replace', path: 'title' }, 'invalidValue'],
    [{ op: 'replace', path: 5, value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[', value: 'x' }, 'invalidFilter'],
    [{ op: 'replace', path: 'emails[type eq "work"].nonsense', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    [{ op: 'replace', path: 'meta.version', value: 'x' }, 'mutability'],
    [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }, 'mutability'],
    [{ op: 'remove', path: 'active' }, 'mutability'],
    [{ op: 'replace', value: 'x' }, 'invalidValue'],
  ]
  for (const [operation, scimType] of cases) {
    const answer = await scim(`/Users/${ada}`, { method: 'PATCH', body: patchOf(operation) })
    expect([operation, answer.status, answer.body.scimType]).toEqual([operation, 400, scimType])
  }
  expect((await scim(`/Users/${ada}`)).body.meta.version).toBe('W/"1"')
})

/** Sends bytes as they are, and gives back what came. */
function sendBytes(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.end(bytes, 'latin1'))
    socket.on('data', (chunk) => {
      received += chunk
    })
    // A server that has refused may close while we still write.
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
  })
}

test('requests that are no HTTP, or lie about their length, do not stop the server', async () => {
  const { scim, origin, base, token } = await startScim()
  const { pathname } = new URL(base)
  const head = (line: string, more = '') =>
    `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}\r\n`
  const requests = [
    'nonsense\r\n\r\n',
    head(`POST ${pathname}/Users`, 'Content-Length: 1000\r\n').concat('{"userName"'),
    head(`POST ${pathname}/Users`, 'Content-Length: -1\r\n'),
    head(`POST ${pathname}/Users`, 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n').concat('{}'),
    head(`GET ${pathname}/Users\u0000`),
    head(`GET ${pathname}/Users?filter=\xff\xfe`, 'Connection: close\r\n'),
    head(`GET ${pathname}/Users`, `X: ${'a'.repeat(100_000)}\r\n`),
  ]
  for (const request of requests) {
    const answer = await sendBytes(origin, request)
    expect(answer).not.toMatch(/^HTTP\/1.1 5/)
  }
  expect((await scim('/Users')).body.totalResults).toBe(0)
})
