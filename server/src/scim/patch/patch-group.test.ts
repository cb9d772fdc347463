import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal } from '../testing-arbitraries.ts'
import { type GroupChange, readGroup, readGroupPatch } from './patch-group.ts'
import { readPatch } from './patch-operations.ts'

const patch = (...operations: unknown[]) => readGroupPatch(readPatch({ Operations: operations }, 1_000), 'g1')

const understood: readonly [why: string, operations: readonly object[], changes: readonly GroupChange[]][] = [
  ['Okta renames', [{ op: 'replace', value: { id: 'g1', displayName: 'Ops' } }], [{ kind: 'rename', name: 'Ops' }]],
  ['Entra renames', [{ op: 'Replace', path: 'displayName', value: 'Ops' }], [{ kind: 'rename', name: 'Ops' }]],
  ['Okta removes a member', [{ op: 'remove', path: 'members[value eq "u1"]' }], [{ kind: 'remove', userIds: ['u1'] }]],
  [
    'several by one filter',
    [{ op: 'remove', path: 'members[value eq "u1" or value eq "u2"]' }],
    [{ kind: 'remove', userIds: ['u1', 'u2'] }],
  ],
  ['Okta adds a member', [{ op: 'add', path: 'members', value: [{ value: 'u1', display: 'a@b.c' }] }], [{ kind: 'add', userIds: ['u1'] }]],
  ['Okta replaces the members', [{ op: 'replace', path: 'members', value: [{ value: 'u1' }] }], [{ kind: 'set', userIds: ['u1'] }]],
  ['Okta empties the group', [{ op: 'replace', path: 'members', value: [] }], [{ kind: 'set', userIds: [] }]],
  [
    'Okta replaces all',
    [{ op: 'replace', value: { id: 'g1', displayName: 'Ops', members: [{ value: 'u1' }, { value: 'u2' }] } }],
    [
      { kind: 'rename', name: 'Ops' },
      { kind: 'set', userIds: ['u1', 'u2'] },
    ],
  ],
  ['Entra adds', [{ op: 'Add', path: 'members', value: [{ $ref: null, value: 'u1' }] }], [{ kind: 'add', userIds: ['u1'] }]],
  ['Entra removes', [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'u1' }] }], [{ kind: 'remove', userIds: ['u1'] }]],
  ['bare ids', [{ op: 'add', path: 'members', value: ['u1', 'u1', 'u2'] }], [{ kind: 'add', userIds: ['u1', 'u2'] }]],
  [
    'one member without an array',
    [{ op: 'add', path: 'members', value: { value: 'u1', type: 'User' } }],
    [{ kind: 'add', userIds: ['u1'] }],
  ],
  ['members are added without a path', [{ op: 'add', value: { members: [{ value: 'u1' }] } }], [{ kind: 'add', userIds: ['u1'] }]],
  [
    'members that come one by one are added together',
    [
      { op: 'add', path: 'members', value: ['u1'] },
      { op: 'add', path: 'members', value: ['u2', 'u1'] },
      { op: 'remove', path: 'members', value: ['u1'] },
    ],
    [
      { kind: 'add', userIds: ['u1', 'u2'] },
      { kind: 'remove', userIds: ['u1'] },
    ],
  ],
  ['a removal of nobody is nothing', [{ op: 'remove', path: 'members', value: [] }], []],
  ['a removal of all', [{ op: 'remove', path: 'members' }], [{ kind: 'set', userIds: [] }]],
  [
    'a URN before the path',
    [{ op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members', value: ['u1'] }],
    [{ kind: 'add', userIds: ['u1'] }],
  ],
  [
    'a URN in a key',
    [{ op: 'replace', value: { 'urn:ietf:params:scim:schemas:core:2.0:Group:displayName': 'Ops' } }],
    [{ kind: 'rename', name: 'Ops' }],
  ],
  [
    'an externalId',
    [
      { op: 'replace', value: { externalId: 'x' } },
      { op: 'remove', path: 'externalId' },
    ],
    [
      { kind: 'externalId', value: 'x' },
      { kind: 'externalId', value: null },
    ],
  ],
  ['what is not known, or was shown by us', [{ op: 'replace', value: { schemas: ['x'], meta: {}, shoeSize: 1, constructor: 1 } }], []],
]

describe('a directory changes a group:', () => {
  test.each(understood)('%s', (_, operations, changes) => {
    expect(patch(...operations)).toEqual(changes)
  })
})

describe('a PATCH of a group is refused:', () => {
  test.each<[operation: object, code: string, words: RegExp]>([
    [{ op: 'remove', path: 'displayName' }, 'mutability', /displayName cannot be removed/],
    [{ op: 'replace', path: 'displayName', value: ' ' }, 'invalid_value', /displayName must not be empty/],
    [{ op: 'replace', path: 'displayName', value: 7 }, 'invalid_value', /displayName must be a string/],
    [{ op: 'replace', value: { id: 'g2' } }, 'mutability', /id is read-only/],
    [{ op: 'replace', path: 'id', value: 'g1' }, 'mutability', /id is read-only/],
    [{ op: 'add', path: 'members', value: [{ value: 'g2', type: 'Group' }] }, 'invalid_value', /push the users of the nested group/],
    [{ op: 'add', path: 'members', value: [{ value: 'x', type: 'Device' }] }, 'invalid_value', /members.type must be "User"/],
    [
      { op: 'add', path: 'members', value: [{ display: 'x' }] },
      'invalid_value',
      /members.value must be the id of a user, but the directory sent nothing/,
    ],
    [{ op: 'add', path: 'members', value: [7] }, 'invalid_value', /the number 7/],
    [{ op: 'add', path: 'members', value: ['u\0'] }, 'invalid_value', /cannot be stored/],
    [{ op: 'add', path: 'members' }, 'invalid_value', /needs a "value"/],
    [{ op: 'remove', path: 'members[display co "x"]' }, 'invalid_filter', /members\[value eq/],
    [{ op: 'remove', path: 'members[not (value eq "u1")]' }, 'invalid_filter', /members\[value eq/],
    [{ op: 'replace', path: 'members[value eq "u1"].display', value: 'x' }, 'mutability', /members.display cannot be changed/],
    [{ op: 'replace', path: 'members[value eq "u1"]', value: { value: 'u2' } }, 'mutability', /cannot be changed in its place/],
    [{ op: 'replace', path: 'userName', value: 'x' }, 'invalid_path', /not an attribute of a Group/],
    [{ op: 'add', value: ['u1'] }, 'invalid_value', /must be an object of attributes/],
  ])('%j', (operation, code, words) => {
    expect(refusal(() => patch(operation))).toMatchObject({ code, message: expect.stringMatching(words) })
  })
})

test('a new group is read, whatever extra schema Entra names', () => {
  const schemas = [
    'urn:ietf:params:scim:schemas:core:2.0:Group',
    'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
  ]
  expect(
    readGroup({
      schemas,
      DisplayName: 'Ops',
      externalId: 'x',
      members: [{ value: 'u1' }, { value: 'u1' }],
      meta: { resourceType: 'Group' },
    }),
  ).toEqual({
    displayName: 'Ops',
    externalId: 'x',
    memberIds: ['u1'],
  })
  expect(readGroup({ displayName: 'Ops', members: [], externalId: '' })).toEqual({
    displayName: 'Ops',
    externalId: undefined,
    memberIds: [],
  })
  expect(readGroup({ displayName: 'Ops' })).toEqual({ displayName: 'Ops', externalId: undefined, memberIds: undefined })
})

test.each<[unknown, string]>([
  [[], 'invalid_syntax'],
  [{}, 'invalid_value'],
  [{ displayName: '' }, 'invalid_value'],
  [{ displayName: 'x', members: [{ value: 'g', type: 'group' }] }, 'invalid_value'],
])('the group %j is refused', (body, code) => {
  expect(refusal(() => readGroup(body))?.code).toBe(code)
})

test('any JSON is either a change of a group or refused', () => {
  const operation = fc.record({
    op: fc.constantFrom('add', 'replace', 'remove'),
    path: fc.constantFrom('members', 'displayName', 'externalId', ''),
    value: fc.jsonValue(),
  })
  fc.assert(
    fc.property(operation, fc.jsonValue(), (asked, body) => {
      refusal(() => patch(asked))
      refusal(() => readGroup(body))
      for (const change of refusal(() => patch(asked)) === undefined ? patch(asked) : []) {
        if ('userIds' in change) expect(new Set(change.userIds).size).toBe(change.userIds.length)
      }
    }),
  )
})
