import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presentUser } from '../present.ts'
import { MAX_TEXT, MAX_VALUES } from '../read-value.ts'
import { refusal, userBody } from '../testing-arbitraries.ts'
import { personNames, primaryEmail, readUser } from './user-resource.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('what Okta sends for a new user is read, and its password and groups are not kept', () => {
  const user = readUser({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada@example.com',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ primary: true, value: 'ada@example.com', type: 'work' }],
    displayName: 'Ada Lovelace',
    locale: 'en-US',
    externalId: '00u1',
    groups: [],
    password: 'hunter2',
    active: true,
  })
  expect(user).toEqual({
    userName: 'ada@example.com',
    externalId: '00u1',
    displayName: 'Ada Lovelace',
    active: true,
    rest: {
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ primary: true, value: 'ada@example.com', type: 'work' }],
      locale: 'en-US',
    },
  })
  expect(JSON.stringify(user)).not.toContain('hunter2')
})

test('attribute names have no case, and come out as the schema writes them', () => {
  expect(
    readUser({ USERNAME: 'a', NAME: { GIVENNAME: 'A' }, EMAILS: [{ VALUE: 'v' }], [enterprise.toUpperCase()]: { DEPARTMENT: 'd' } }),
  ).toMatchObject({
    userName: 'a',
    rest: { name: { givenName: 'A' }, emails: [{ value: 'v' }], [enterprise]: { department: 'd' } },
  })
})

test('what is read-only, unknown or of an unknown extension is dropped without a word', () => {
  const sent = {
    userName: 'a',
    id: 'mine',
    meta: { version: 'x' },
    groups: [{ value: 'g' }],
    shoeSize: 43,
    'urn:example:1.0:User': { x: 1 },
  }
  expect(readUser(sent)).toEqual({ userName: 'a', externalId: undefined, displayName: undefined, active: undefined, rest: {} })
})

test('names that JavaScript gives a meaning to are only unknown names', () => {
  const sent = JSON.parse(
    '{"userName":"a","__proto__":{"title":"x"},"constructor":"x","name":{"__proto__":{"givenName":"x"},"toString":"x"}}',
  )
  expect(readUser(sent).rest).toEqual({})
})

test('null, an empty text and an empty array all mean unassigned', () => {
  const sent = {
    userName: 'a',
    title: null,
    nickName: '',
    emails: [],
    phoneNumbers: [{ value: '', type: 'work' }, null],
    name: { givenName: '' },
    [enterprise]: { manager: '' },
  }
  expect(readUser(sent).rest).toEqual({})
})

test.each([
  [{ userName: 'a', active: 'True' }, { active: true }],
  [{ userName: 'a', active: 'false' }, { active: false }],
  [{ userName: 'a' }, { active: undefined }],
  [{ userName: 'a', roles: ['admin'] }, { rest: { roles: [{ value: 'admin' }] } }],
  [{ userName: 'a', emails: { value: 'v' } }, { rest: { emails: [{ value: 'v' }] } }],
  [{ userName: 'a', emails: [{ value: 'v', primary: 'True' }] }, { rest: { emails: [{ value: 'v', primary: true }] } }],
  [{ userName: 'a', [enterprise]: { manager: 'm' } }, { rest: { [enterprise]: { manager: { value: 'm' } } } }],
  [{ userName: 'a', [enterprise]: { manager: { value: 'm', displayName: 'M' } } }, { rest: { [enterprise]: { manager: { value: 'm' } } } }],
  [
    { userName: 'a', schemas: ['urn:scim:schemas:core:1.0'], 'urn:scim:schemas:extension:enterprise:1.0': { department: 'd' } },
    { rest: { [enterprise]: { department: 'd' } } },
  ],
])('%j is understood', (sent, wanted) => {
  expect(readUser(sent)).toMatchObject(wanted)
})

test('of two values that both claim to be primary, the first is', () => {
  const { rest } = readUser({ userName: 'a', emails: [{ value: 'x' }, { value: 'y', primary: true }, { value: 'z', primary: true }] })
  expect(rest['emails']).toEqual([{ value: 'x' }, { value: 'y', primary: true }, { value: 'z', primary: false }])
})

describe('a body is refused with words that say what to change:', () => {
  test.each<[sent: unknown, code: string, words: RegExp]>([
    [[], 'invalid_syntax', /JSON object that describes a User, not an empty array/],
    [null, 'invalid_syntax', /not null/],
    ['x', 'invalid_syntax', /not the string "x"/],
    [{}, 'invalid_value', /userName is required/],
    [{ userName: '' }, 'invalid_value', /userName is required/],
    [{ userName: 7 }, 'invalid_value', /userName must be a string, but the directory sent the number 7/],
    [{ userName: ['a'] }, 'invalid_value', /userName must be a string, but the directory sent an array/],
    [{ userName: 'a', active: 'yes' }, 'invalid_value', /active must be true or false, but the directory sent the string "yes"/],
    [{ userName: 'a', name: 'Ada' }, 'invalid_value', /name must be an object of sub-attributes/],
    [{ userName: 'a', emails: [7] }, 'invalid_value', /emails must be an object of sub-attributes, but the directory sent the number 7/],
    [{ userName: 'a', emails: [{ value: {} }] }, 'invalid_value', /emails.value must be a string/],
    [{ userName: 'a', emails: [{ value: 'x', primary: 1 }] }, 'invalid_value', /emails.primary must be true or false/],
    [{ userName: 'a', [enterprise]: 'x' }, 'invalid_value', /enterprise:2.0:User must be an object/],
    [{ userName: 'a\0' }, 'invalid_value', /userName holds a character/],
    [{ userName: 'a', title: '\ud800' }, 'invalid_value', /title holds a character/],
    [{ userName: 'a'.repeat(MAX_TEXT + 1) }, 'invalid_value', /userName may have at most 4096 characters, but 4097/],
    [{ userName: 'a', emails: Array(MAX_VALUES + 1).fill({ value: 'x' }) }, 'invalid_value', /emails may have at most 100 values, but 101/],
  ])('%j', (sent, code, words) => {
    expect(refusal(() => readUser(sent))).toMatchObject({ code, message: expect.stringMatching(words) })
  })
})

test('any JSON is either a user or refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), userBody, (value, body) => {
      for (const key of [...Object.keys(body), 'groups', 'schemas']) refusal(() => readUser({ ...body, [key]: value }))
      refusal(() => readUser(value))
    }),
  )
})

test('a user who is shown and sent back is the same user', () => {
  fc.assert(
    fc.property(userBody, (body) => {
      const user = readUser({ active: true, ...body })
      const stored = { ...user, externalId: user.externalId ?? null, displayName: user.displayName ?? null, active: user.active === true }
      const shown = presentUser(
        { ...stored, id: 'u', groups: [{ id: 'g', name: 'G' }], createdAt: 0, updatedAt: 0, version: 1 },
        'https://x',
      )
      expect(readUser(shown)).toEqual(user)
    }),
  )
})

test.each([
  [[{ value: 'a' }, { value: 'b', primary: true }], 'b'],
  [[{ value: 'a' }, { value: 'b', type: 'Work' }], 'b'],
  [[{ value: 'a' }, { value: 'b' }], 'a'],
  [[], undefined],
])('the main address of %j is %s', (emails, wanted) => {
  expect(primaryEmail(readUser({ userName: 'u', emails }))).toBe(wanted)
})

test('the names of a person are those that the directory sent', () => {
  expect(personNames(readUser({ userName: 'u', name: { givenName: 'Ada' } }))).toEqual({ givenName: 'Ada', familyName: undefined })
  expect(personNames(readUser({ userName: 'u' }))).toEqual({ givenName: undefined, familyName: undefined })
})
