import { expect, test } from 'vitest'
import { newId } from '../storage/id.ts'
import { expectRefusal, oktaGroup, oktaUser, patchOf, startScim } from './testing-server.ts'

test('what the server can do is public: its configuration, resource types and schemas, whole and one by one', async () => {
  const { scim } = await startScim()
  const anyone = { token: '' }
  const config = await scim('/ServiceProviderConfig', anyone)
  expect(config.status).toBe(200)
  expect(config.body).toMatchObject({
    patch: { supported: true },
    bulk: { supported: true, maxOperations: 1_000, maxPayloadSize: 4_194_304 },
    filter: { supported: true, maxResults: 1_000 },
    sort: { supported: true },
    etag: { supported: true },
    changePassword: { supported: false },
    pagination: { cursor: true, index: true, defaultPageSize: 200, maxPageSize: 1_000 },
    authenticationSchemes: [{ type: 'oauthbearertoken' }],
  })
  for (const [path, count] of [
    ['/ResourceTypes', 2],
    ['/Schemas', 3],
  ] as const) {
    const { body, status } = await scim(path, anyone)
    expect([status, body.totalResults, body.Resources.length]).toEqual([200, count, count])
    for (const resource of body.Resources) {
      expect((await scim(`${path}/${resource.id}`, anyone)).body).toEqual(resource)
      expect((await scim(`${path}/${resource.id.toUpperCase()}`, anyone)).body).toEqual(resource)
      expect(resource.meta.location).toMatch(new RegExp(`^http://vault\\.example\\.com/scim/v2/[^/]+${path}/${resource.id}$`))
    }
    expectRefusal(await scim(`${path}?filter=id%20eq%20%22x%22`, anyone), 403)
    expectRefusal(await scim(`${path}/nothing`, anyone), 404)
  }
})

test('every attribute that the schemas promise as required or writable is taken, and the schemas say what is not', async () => {
  const { scim } = await startScim()
  const { body } = await scim('/Schemas/urn:ietf:params:scim:schemas:core:2.0:User')
  const byName = Object.fromEntries(body.attributes.map((attribute: { name: string }) => [attribute.name, attribute]))
  expect(byName['userName']).toMatchObject({ required: true, uniqueness: 'server', caseExact: false, mutability: 'readWrite' })
  expect(byName['password']).toMatchObject({ mutability: 'writeOnly', returned: 'never' })
  expect(byName['groups']).toMatchObject({ mutability: 'readOnly', multiValued: true })
})

test('a token has no person, so there is no /Me', async () => {
  const { scim } = await startScim()
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    expectRefusal(await scim('/Me', { method, ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }) }), 501)
  }
})

test('paths and methods that do not exist are refused in the form of SCIM', async () => {
  const { scim } = await startScim()
  for (const [path, method] of [
    ['/users', 'GET'],
    ['/Devices', 'GET'],
    ['/Users/a/b', 'GET'],
    ['/Users', 'DELETE'],
    ['/Users', 'PUT'],
    ['/Bulk', 'GET'],
    ['/Users/.search', 'GET'],
    [`/Users/${newId()}`, 'POST'],
    [`/Users/${'a'.repeat(3_000)}`, 'GET'],
  ] as const) {
    expectRefusal(await scim(path, { method }), 404)
  }
})

test('a body that is not JSON by its type is refused; JSON by either name is read, with any charset parameter', async () => {
  const { scim } = await startScim()
  const body = JSON.stringify(oktaUser('ada@example.com'))
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense']) {
    expectRefusal(await scim('/Users', { body, headers: { 'content-type': type } }), 415)
  }
  const types = ['application/json', 'application/scim+json', 'application/json; charset=utf-8', 'APPLICATION/SCIM+JSON;charset=UTF-8']
  const statuses = []
  for (const type of types) statuses.push((await scim('/Users', { body, headers: { 'content-type': type } })).status)
  expect(statuses).toEqual([201, 409, 409, 409])
})

test('a change or deletion that names an old version is refused, and one that names the present one, or any, is made', async () => {
  const { scim } = await startScim()
  for (const [path, body, patch] of [
    ['/Users', oktaUser('ada@example.com'), patchOf({ op: 'replace', path: 'title', value: 'Countess' })],
    ['/Groups', oktaGroup('Staff'), patchOf({ op: 'replace', path: 'externalId', value: 'x' })],
  ] as const) {
    const created = await scim(path, { body })
    const url = `${path}/${created.body.id}`
    const send = (method: string, match: string, sent?: object) =>
      scim(url, { method, headers: { 'if-match': match }, ...(sent && { body: sent }) })
    expect(created.headers.get('etag')).toBe('W/"1"')
    expect((await scim(url)).headers.get('etag')).toBe('W/"1"')
    for (const stale of ['W/"2"', '"0"', 'W/"1x"', 'nonsense', '""']) {
      for (const [method, sent] of [
        ['PUT', body],
        ['PATCH', patch],
        ['DELETE', undefined],
      ] as const) {
        expectRefusal(await send(method, stale, sent), 412)
      }
    }
    expect((await scim(url)).body).toEqual(created.body)
    expect((await send('PATCH', 'W/"1"', patch)).headers.get('etag')).toBe('W/"2"')
    expectRefusal(await send('PUT', 'W/"1"', body), 412)
    expect((await send('PUT', '"7", "2"', body)).headers.get('etag')).toBe('W/"3"')
    expect((await send('PATCH', '*', patch)).headers.get('etag')).toBe('W/"4"')
    expect((await send('DELETE', 'W/"4"')).status).toBe(204)
    expectRefusal(await send('DELETE', '*'), 404)
  }
})

test('who has the present version already is not sent it again', async () => {
  const { scim } = await startScim()
  for (const [path, body] of [
    ['/Users', oktaUser('ada@example.com')],
    ['/Groups', oktaGroup('Staff')],
  ] as const) {
    const { id, meta } = (await scim(path, { body })).body
    for (const known of [meta.version, '"1"', '*', 'W/"9", W/"1"']) {
      const answer = await scim(`${path}/${id}`, { headers: { 'if-none-match': known } })
      expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([304, undefined, meta.version])
    }
    expect((await scim(`${path}/${id}`, { headers: { 'if-none-match': 'W/"2"' } })).status).toBe(200)
  }
})
