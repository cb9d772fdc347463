import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal, someText, userBody } from '../testing-arbitraries.ts'
import { readUser, type ScimUser } from '../users/user-resource.ts'
import { readPatch } from './patch-operations.ts'
import { patchUser } from './patch-user.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ada = readUser({
  userName: 'ada@example.com',
  externalId: '00u1',
  displayName: 'Ada',
  active: true,
  title: 'Countess',
  name: { givenName: 'Ada', familyName: 'Byron' },
  emails: [
    { value: 'ada@example.com', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  addresses: [{ type: 'work', locality: 'London', country: 'GB' }],
  [enterprise]: { department: 'Engines', manager: { value: 'm1', $ref: '../Users/m1' } },
})

const patch = (user: ScimUser, ...operations: unknown[]) => patchUser(user, readPatch({ Operations: operations }, 100), 'u1')

/** What a directory sends, and what of the user is different then; undefined: that is gone. */
const applied: readonly [why: string, operations: readonly object[], user: object][] = [
  ['Okta deactivates', [{ op: 'replace', value: { active: false } }], { active: false }],
  ['Okta repeats the id', [{ op: 'replace', value: { id: 'u1', active: false } }], { active: false }],
  ['Entra deactivates', [{ op: 'Replace', path: 'active', value: 'False' }], { active: false }],
  ['Entra deactivates in its older form', [{ op: 'Replace', path: 'active', value: [{ $ref: null, value: 'False' }] }], { active: false }],
  ['Entra renames', [{ op: 'Replace', path: 'userName', value: 'countess@example.com' }], { userName: 'countess@example.com' }],
  ['Entra adds a title', [{ op: 'Add', path: 'title', value: 'Lady' }], { rest: { title: 'Lady' } }],
  [
    'a password is thrown away',
    [
      { op: 'replace', path: 'password', value: 'x' },
      { op: 'replace', value: { password: 'x', title: 'Lady' } },
    ],
    { rest: { title: 'Lady' } },
  ],
  [
    'Entra sends dotted and URN keys',
    [
      {
        op: 'Replace',
        value: { 'name.givenName': 'Augusta', [`${enterprise}:employeeNumber`]: '7', 'emails[type eq "home"].value': 'h@x', unheardOf: 1 },
      },
    ],
    {
      rest: {
        name: { givenName: 'Augusta', familyName: 'Byron' },
        emails: [
          { value: 'ada@example.com', type: 'work', primary: true },
          { value: 'h@x', type: 'home' },
        ],
        [enterprise]: { department: 'Engines', employeeNumber: '7', manager: { value: 'm1', $ref: '../Users/m1' } },
      },
    },
  ],
  [
    'a sub-attribute alone',
    [{ op: 'replace', path: 'name.familyName', value: 'Lovelace' }],
    { rest: { name: { givenName: 'Ada', familyName: 'Lovelace' } } },
  ],
  [
    'a complex value is merged',
    [{ op: 'replace', path: 'name', value: { familyName: 'Lovelace' } }],
    { rest: { name: { givenName: 'Ada', familyName: 'Lovelace' } } },
  ],
  ['null removes a sub-attribute', [{ op: 'replace', value: { name: { familyName: null } } }], { rest: { name: { givenName: 'Ada' } } }],
  ['null removes an attribute', [{ op: 'replace', path: 'title', value: null }], { rest: { title: undefined } }],
  [
    'remove',
    [
      { op: 'remove', path: 'title' },
      { op: 'remove', path: 'externalId' },
      { op: 'remove', path: 'name.givenName' },
    ],
    { externalId: undefined, rest: { title: undefined, name: { familyName: 'Byron' } } },
  ],
  [
    'the last sub-attribute goes with its parent',
    [
      { op: 'remove', path: 'name.givenName' },
      { op: 'remove', path: 'name.familyName' },
    ],
    { rest: { name: undefined } },
  ],
  [
    'a URN path',
    [{ op: 'Add', path: `${enterprise}:department`, value: 'Poetry' }],
    { rest: { [enterprise]: { department: 'Poetry', manager: { value: 'm1', $ref: '../Users/m1' } } } },
  ],
  [
    'a whole extension',
    [{ op: 'add', path: enterprise, value: { costCenter: '9' } }],
    { rest: { [enterprise]: { costCenter: '9', department: 'Engines', manager: { value: 'm1', $ref: '../Users/m1' } } } },
  ],
  [
    'an extension without a path',
    [{ op: 'add', value: { [enterprise]: { department: 'Poetry' } } }],
    { rest: { [enterprise]: { department: 'Poetry', manager: { value: 'm1', $ref: '../Users/m1' } } } },
  ],
  ['an extension is removed', [{ op: 'remove', path: enterprise }], { rest: { [enterprise]: undefined } }],
  [
    'Entra sends a manager as a bare id',
    [{ op: 'Replace', path: `${enterprise}:manager`, value: 'm2' }],
    { rest: { [enterprise]: { department: 'Engines', manager: { value: 'm2' } } } },
  ],
  [
    'Entra removes a manager with an empty text',
    [{ op: 'Replace', path: `${enterprise}:manager`, value: '' }],
    { rest: { [enterprise]: { department: 'Engines' } } },
  ],
  [
    'Entra sends a manager as an array',
    [{ op: 'Add', path: `${enterprise}:manager`, value: [{ $ref: '../Users/m2', value: 'm2' }] }],
    { rest: { [enterprise]: { department: 'Engines', manager: { value: 'm2', $ref: '../Users/m2' } } } },
  ],
  [
    'the core URN before a path',
    [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:name.givenName', value: 'Augusta' }],
    { rest: { name: { givenName: 'Augusta', familyName: 'Byron' } } },
  ],
]

describe('a directory changes a user:', () => {
  test.each(applied)('%s', (_, operations, wanted) => {
    const { user, changed } = patch(ada, ...operations)
    const rest = 'rest' in wanted && typeof wanted.rest === 'object' ? wanted.rest : {}
    expect(user).toEqual({ ...ada, ...wanted, rest: withoutUndefined({ ...ada.rest, ...rest }) })
    expect(changed).toBe(true)
  })
})

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

describe('a directory that says what is so already changes nothing:', () => {
  test.each<[object]>([
    [{ op: 'replace', value: { active: true } }],
    [{ op: 'add', path: 'title', value: 'Countess' }],
    [{ op: 'add', path: 'emails', value: [{ value: 'ada@example.com', type: 'work' }] }],
    [{ op: 'add', path: 'emails', value: [{ type: 'home', value: 'ada@home.example' }] }],
    [{ op: 'add', path: 'addresses', value: [{ country: 'GB', locality: 'London', type: 'work' }] }],
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'ada@example.com' }],
    [{ op: 'remove', path: 'nickName' }],
    [{ op: 'remove', path: 'emails[type eq "nope"]' }],
    [{ op: 'remove', path: 'emails', value: [] }],
    [{ op: 'remove', path: 'emails', value: [{ value: 'stranger@x' }] }],
    [{ op: 'replace', value: {} }],
    [{ op: 'replace', value: { schemas: [], meta: { version: 'x' }, groups: [], id: 'u1' } }],
    [{ op: 'replace', value: { __proto__x: 1, constructor: 'x' } }],
    [{ op: 'add', path: 'phoneNumbers[type eq "work"].primary', value: true }],
  ])('%j', (operation) => {
    expect(patch(ada, operation)).toEqual({ user: ada, changed: false })
  })
})

describe('a PATCH is refused:', () => {
  test.each<[operation: object, code: string, words: RegExp]>([
    [{ op: 'move', path: 'title', value: 'x' }, 'invalid_syntax', /"op" must be add, replace or remove, not the string "move"/],
    [{ path: 'title', value: 'x' }, 'invalid_syntax', /not nothing/],
    [{ op: 'remove' }, 'no_target', /a remove needs a "path"/],
    [{ op: 'remove', path: 'userName' }, 'mutability', /userName cannot be removed/],
    [{ op: 'remove', path: 'active' }, 'mutability', /active cannot be removed/],
    [{ op: 'replace', path: 'id', value: 'u1' }, 'mutability', /id is read-only/],
    [{ op: 'replace', value: { id: 'u2' } }, 'mutability', /id is read-only/],
    [{ op: 'replace', path: 'meta.created', value: 'x' }, 'mutability', /meta.created is read-only/],
    [{ op: 'add', path: 'groups', value: [{ value: 'g' }] }, 'mutability', /groups is read-only/],
    [{ op: 'add', value: { groups: [{ value: 'g' }] } }, 'mutability', /groups is read-only/],
    [{ op: 'add', path: `${enterprise}:manager.displayName`, value: 'M' }, 'mutability', /manager.displayName is read-only/],
    [{ op: 'replace', path: 'shoeSize', value: 43 }, 'invalid_path', /"shoeSize" is not an attribute of a User/],
    [{ op: 'replace', path: 'title[value eq "x"]', value: 43 }, 'invalid_path', /title has no elements/],
    [{ op: 'replace', path: 'emails[type eq "work"].shoe', value: 43 }, 'invalid_path', /After "\]"/],
    [{ op: 'replace', path: 'emails[type is "work"].value', value: 43 }, 'invalid_filter', /operator/],
    [{ op: 'replace', path: 7, value: 43 }, 'invalid_path', /"path" must be a string/],
    [{ op: 'replace', path: 'emails[type eq "nope"].value', value: 'x' }, 'no_target', /No value of emails matches \[type eq "nope"\]/],
    [{ op: 'replace', path: 'emails[value eq "nope"]', value: { value: 'x' } }, 'no_target', /No value of emails/],
    [{ op: 'add', path: 'roles[type eq "x"].value', value: 'x' }, 'no_target', /No value of roles/],
    [{ op: 'replace', path: 'userName', value: '' }, 'invalid_value', /userName is required/],
    [{ op: 'replace', path: 'active', value: null }, 'invalid_value', /active must be true or false/],
    [{ op: 'replace', path: 'active', value: 'x' }, 'invalid_value', /active must be true or false/],
    [{ op: 'replace', path: 'title' }, 'invalid_value', /replace of "title" needs a "value"/],
    [{ op: 'replace', value: 'x' }, 'invalid_value', /must be an object of attributes/],
    [{ op: 'replace', path: 'name', value: 'x' }, 'invalid_value', /name must be an object/],
    [
      { op: 'add', path: 'emails', value: Array.from({ length: 99 }, (_, i) => ({ value: `v${i}` })) },
      'invalid_value',
      /at most 100 values, but 101/,
    ],
  ])('%j', (operation, code, words) => {
    expect(refusal(() => patch(ada, operation))).toMatchObject({ code, message: expect.stringMatching(words) })
  })

  test.each([[{}], [{ Operations: [] }], [{ Operations: {} }], [[]], [null], [{ Operations: [null] }]])('the body %j', (body) => {
    expect(refusal(() => readPatch(body, 10))?.code).toBe('invalid_syntax')
  })

  test('beyond the most operations, which it names', () => {
    const operations = Array(11).fill({ op: 'remove', path: 'title' })
    expect(refusal(() => readPatch({ Operations: operations }, 10))).toMatchObject({
      code: 'too_many',
      message: expect.stringContaining('at most 10'),
    })
    expect(readPatch({ operations: operations.slice(1) }, 10)).toHaveLength(10)
  })
})

test('a PATCH whose second operation fails has not touched the user', () => {
  const before = structuredClone(ada)
  expect(refusal(() => patch(ada, { op: 'remove', path: 'emails' }, { op: 'remove', path: 'userName' }))?.code).toBe('mutability')
  expect(ada).toEqual(before)
})

const paths = [
  'title',
  'active',
  'name',
  'name.givenName',
  'emails',
  'emails.value',
  'emails[type eq "work"]',
  'emails[type eq "work"].value',
  'emails[primary eq true].value',
  'phoneNumbers[type eq "mobile"].value',
  'addresses',
  enterprise,
  `${enterprise}:manager`,
  'userName',
] as const
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'Replace', 'remove'),
    path: fc.constantFrom(...paths),
    value: fc.oneof(
      someText,
      fc.constant(null),
      fc.boolean(),
      fc.record({ value: someText, type: fc.constantFrom('work', 'home'), primary: fc.boolean() }, { requiredKeys: [] }),
      fc.array(fc.record({ value: someText, type: fc.constantFrom('work', 'home'), primary: fc.boolean() }, { requiredKeys: ['value'] }), {
        maxLength: 4,
      }),
      userBody,
      fc.jsonValue(),
    ),
  },
  { requiredKeys: ['op', 'value'] },
)

test('any operation either gives a user that could have been sent as it is, or is refused', () => {
  fc.assert(
    fc.property(userBody, fc.array(operation, { minLength: 1, maxLength: 4 }), (body, operations) => {
      const user = readUser(body)
      const before = structuredClone(user)
      refusal(() => {
        const { user: result, changed } = patch(user, ...operations)
        const { rest, ...columns } = result
        expect(readUser({ ...columns, ...rest })).toEqual(result)
        if (!changed) expect(result).toEqual(before)
      })
      expect(user).toEqual(before)
    }),
    { numRuns: 2_000 },
  )
})

test('what is added twice is added once', () => {
  fc.assert(
    fc.property(userBody, operation, (body, { op, ...asked }) => {
      // A value with another type takes its element out of what this path selects: the next time there is another target.
      fc.pre(asked.path !== 'emails[type eq "work"]')
      const added = { ...asked, op: op === 'remove' ? 'replace' : 'add' }
      refusal(() => {
        const once = patch(readUser(body), added).user
        expect(patch(once, added)).toEqual({ user: once, changed: false })
      })
    }),
    { numRuns: 2_000 },
  )
})
