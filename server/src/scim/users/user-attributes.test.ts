import { request as rawRequest } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setEmailPolicy } from '../../provisioning/methods.ts'
import type { Attribute } from '../schemas/attribute.ts'
import { enterpriseUserSchema } from '../schemas/enterprise-user.ts'
import { userSchema } from '../schemas/user.ts'
import { createUsers, expectRefusal, oktaUser, patchOf, startScim } from '../testing-server.ts'

const ENTERPRISE = enterpriseUserSchema.id

/** A value for a writable attribute, as the server shows it again. */
function sampleOf(attribute: Attribute): unknown {
  if (attribute.type === 'boolean') return true
  if (attribute.subAttributes.length === 0) return `${attribute.name} Ünï "quoted" \\ % _ '`
  const writable = attribute.subAttributes.filter(({ mutability }) => mutability !== 'readOnly')
  const value = Object.fromEntries(writable.map((sub) => [sub.name, sampleOf(sub)]))
  return attribute.multiValued ? [value, { ...value, type: 'second', primary: false }] : value
}

function everything() {
  const core = userSchema.attributes.filter(({ mutability, returned }) => mutability === 'readWrite' && returned !== 'never')
  const described = Object.fromEntries(core.map((attribute) => [attribute.name, sampleOf(attribute)]))
  const enterprise = Object.fromEntries(enterpriseUserSchema.attributes.map((attribute) => [attribute.name, sampleOf(attribute)]))
  return { ...described, userName: 'ada@example.com', externalId: 'ext', [ENTERPRISE]: enterprise }
}

test('every attribute of the core and the Enterprise schema comes back as it was sent: from POST, GET, PUT and lists', async () => {
  const { scim } = await startScim()
  const sent = everything()
  const { schemas: _, id, meta, ...created } = (await scim('/Users', { body: { ...sent, schemas: [userSchema.id, ENTERPRISE] } })).body
  expect(created).toEqual(sent)
  const { schemas, id: __, meta: ___, ...read } = (await scim(`/Users/${id}`)).body
  expect(read).toEqual(sent)
  expect(schemas).toEqual([userSchema.id, ENTERPRISE])
  expect((await scim('/Users')).body.Resources[0]).toMatchObject(sent)
  const again = await scim(`/Users/${id}`, { method: 'PUT', body: sent })
  expect(again.body.meta).toEqual(meta)
  const bare = await scim(`/Users/${id}`, { method: 'PUT', body: { userName: 'ada@example.com' } })
  expect(Object.keys(bare.body).toSorted()).toEqual(['active', 'id', 'meta', 'schemas', 'userName'])
})

test('texts of any script and any punctuation come back as they were sent', async () => {
  const { scim } = await startScim()
  const [id = ''] = await createUsers(scim, 'ada@example.com')
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((each) => !each.includes('\0'))
  await fc.assert(
    fc.asyncProperty(text, text, async (displayName, title) => {
      const { body } = await scim(`/Users/${id}`, { method: 'PUT', body: { userName: 'ada@example.com', displayName, title } })
      expect([body.displayName, body.title]).toEqual([displayName, title])
      expect((await scim(`/Users/${id}`)).body).toEqual(body)
    }),
    { numRuns: 40 },
  )
})

test('what is read-only, unknown or a password is passed over, and nothing of it is shown', async () => {
  const { scim } = await startScim()
  const { status, body } = await scim('/Users', {
    body: oktaUser('ada@example.com', {
      id: 'mine',
      meta: { resourceType: 'Nonsense', created: 'x', version: 'W/"99"' },
      groups: [{ value: 'x' }],
      favouriteColour: 'blue',
      'urn:example:unknown': { a: 1 },
    }),
  })
  expect(status).toBe(201)
  expect(body.id).not.toBe('mine')
  expect(body.meta).toMatchObject({ resourceType: 'User', version: 'W/"1"' })
  for (const name of ['groups', 'password', 'favouriteColour', 'urn:example:unknown']) expect(body).not.toHaveProperty([name])
})

test('Entra ID: words for booleans, paths with URNs, a manager as a bare id and its removal by an empty text', async () => {
  const { scim } = await startScim()
  const [ada = '', boss = ''] = await createUsers(scim, 'ada@example.com', 'boss@example.com')
  const patch = (...operations: unknown[]) => scim(`/Users/${ada}`, { method: 'PATCH', body: patchOf(...operations) })
  expect((await patch({ op: 'Replace', path: 'active', value: 'False' })).body.active).toBe(false)
  expect((await patch({ op: 'Replace', value: { active: 'True' } })).body.active).toBe(true)
  const managed = await patch({ op: 'Add', path: `${ENTERPRISE}:manager`, value: boss })
  expect(managed.body[ENTERPRISE]).toEqual({ manager: { value: boss } })
  const both = await patch(
    { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Engines' },
    { op: 'Replace', value: { 'name.givenName': 'Augusta', [`${ENTERPRISE}:employeeNumber`]: '7' } },
  )
  expect(both.body[ENTERPRISE]).toEqual({ manager: { value: boss }, department: 'Engines', employeeNumber: '7' })
  expect(both.body.name.givenName).toBe('Augusta')
  expect((await patch({ op: 'Replace', path: `${ENTERPRISE}:manager`, value: '' })).body[ENTERPRISE]).toEqual({
    department: 'Engines',
    employeeNumber: '7',
  })
  const work = await patch({ op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: '+1' })
  expect(work.body.phoneNumbers).toEqual([{ type: 'work', value: '+1' }])
  expectRefusal(await patch({ op: 'Replace', path: 'emails[type eq "nope"].value', value: 'x@example.com' }), 400, 'noTarget')
})

test('OneLogin: a filter with plus and a trailing ampersand, PUT with a trailing question mark, schemas of SCIM 1.0', async () => {
  const { scim, base, token } = await startScim()
  const body = oktaUser('ada@example.com', {
    schemas: ['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'],
    'urn:scim:schemas:extension:enterprise:1.0': { department: 'Engines' },
  })
  const { body: ada } = await scim('/Users', { body })
  expect(ada[ENTERPRISE]).toEqual({ department: 'Engines' })
  expect((await scim('/Users?filter=userName+eq+%22ada@example.com%22&')).body).toMatchObject({
    totalResults: 1,
    Resources: [{ id: ada.id }],
  })
  // fetch would take the bare question mark away.
  const { hostname, port, pathname } = new URL(base)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const path = `${pathname}/Users/${ada.id}?`
    rawRequest({ hostname, port, path, method: 'PUT', headers }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end(JSON.stringify({ ...body, displayName: 'Countess' }))
  })
  expect(status).toBe(200)
  expect((await scim(`/Users/${ada.id}`)).body.displayName).toBe('Countess')
})

test('a primary e-mail that differs from userName is accepted, flagged and explained; or refused, where the method says so', async () => {
  const { scim, db, methodId, write, log } = await startScim()
  const body = oktaUser('ada@example.com', { emails: [{ value: 'lovelace@example.org', primary: true }] })
  const { body: ada, status } = await scim('/Users', { body })
  expect(status).toBe(201)
  const flag = async () =>
    (await db.selectFrom('users').select('email_differs').where('id', '=', ada.id).executeTakeFirstOrThrow()).email_differs
  expect(await flag()).toBe(1)
  const [line] = await log(1)
  expect(line?.advice).toMatch(/primary e-mail differs.*map userName/)
  await scim(`/Users/${ada.id}`, {
    method: 'PUT',
    body: oktaUser('ada@example.com', { emails: [{ value: 'ADA@example.com', primary: true }] }),
  })
  expect(await flag()).toBe(0)
  await write((trx) => setEmailPolicy(trx, methodId, 'refuse', 'test', Date.now()))
  const refused = await scim(`/Users/${ada.id}`, { method: 'PUT', body })
  expectRefusal(refused, 400, 'invalidValue')
  expect(refused.body.detail).toMatch(/ada@example.com.*lovelace@example.org.*Map both/)
  expectRefusal(await scim('/Users', { body: { ...body, userName: 'other@example.com' } }), 400, 'invalidValue')
  expect(await flag()).toBe(0)
})

test('userName must be an e-mail address in PUT and PATCH too', async () => {
  const { scim } = await startScim()
  const [id = ''] = await createUsers(scim, 'ada@example.com')
  for (const userName of ['ada', 'ada@', '@example.com', 'a b@example.com', 'ada@example.com, grace@example.com', '<ada@example.com>']) {
    expectRefusal(await scim(`/Users/${id}`, { method: 'PUT', body: oktaUser(userName) }), 400, 'invalidValue')
    const body = patchOf({ op: 'replace', path: 'userName', value: userName })
    expectRefusal(await scim(`/Users/${id}`, { method: 'PATCH', body }), 400, 'invalidValue')
  }
  expectRefusal(await scim(`/Users/${id}`, { method: 'PATCH', body: patchOf({ op: 'remove', path: 'userName' }) }), 400, 'mutability')
  expect((await scim(`/Users/${id}`)).body.userName).toBe('ada@example.com')
})

test('a directory finds a user by the userName it sent, in whichever of its Unicode forms', async () => {
  const { scim } = await startScim()
  const decomposed = 'rene\u0301@example.com'
  const { body } = await scim('/Users', { body: oktaUser(decomposed, { displayName: 'Rene\u0301' }) })
  for (const filter of [
    `userName eq "${decomposed}"`,
    'userName eq "REN\u00c9@example.com"',
    'displayName eq "ren\u00e9"',
    'displayName eq "Rene\u0301"',
  ]) {
    expect((await scim(`/Users?filter=${encodeURIComponent(filter)}`)).body.Resources.map(({ id }: { id: string }) => id)).toEqual([
      body.id,
    ])
  }
})

test('what GET gave can be sent back as it is, for a user and for a group, and changes nothing', async () => {
  const { scim } = await startScim()
  const { body: ada } = await scim('/Users', { body: { ...oktaUser('ada@example.com'), [ENTERPRISE]: { department: 'Engines' } } })
  const { body: group } = await scim('/Groups', { body: { displayName: 'Staff', externalId: 'x', members: [{ value: ada.id }] } })
  for (const path of [`/Users/${ada.id}`, `/Groups/${group.id}`]) {
    const { body } = await scim(path)
    expect((await scim(path, { method: 'PUT', body })).body).toEqual(body)
    const { id, meta, schemas, groups, ...attributes } = body
    expect(
      (await scim(path, { method: 'PATCH', body: patchOf({ op: 'replace', value: { id, meta, schemas, ...attributes } }) })).status,
    ).toBeLessThan(300)
    expect((await scim(path)).body).toEqual(body)
    expect(groups?.[0]?.value).toBe(path.startsWith('/Users') ? group.id : undefined)
  }
})
