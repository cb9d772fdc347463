import { expect, test } from 'vitest'
import { readUser } from '../users/user-resource.ts'
import { readPatch } from './patch-operations.ts'
import { patchUser } from './patch-user.ts'

const ada = readUser({
  userName: 'ada@example.com',
  title: 'Countess',
  emails: [
    { value: 'ada@example.com', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
})

const patch = (...operations: unknown[]) => patchUser(ada, readPatch({ Operations: operations }, 100), 'u1')

/** What a directory does to the addresses, and what they are then. */
const emailsAfter: readonly [why: string, operation: object, emails: unknown][] = [
  [
    'an element by its type',
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'w@x' },
    [
      { value: 'w@x', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
    ],
  ],
  [
    'an element that is made',
    { op: 'Add', path: 'emails[type eq "other"].value', value: 'o@x' },
    [
      { value: 'ada@example.com', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
      { type: 'other', value: 'o@x' },
    ],
  ],
  [
    'an element that Replace makes',
    { op: 'Replace', path: 'emails[type eq "other" and primary eq false].value', value: 'o@x' },
    [
      { value: 'ada@example.com', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
      { type: 'other', primary: false, value: 'o@x' },
    ],
  ],
  [
    'a new primary',
    { op: 'add', path: 'emails', value: [{ value: 'n@x', primary: true }] },
    [
      { value: 'ada@example.com', type: 'work', primary: false },
      { value: 'ada@home.example', type: 'home' },
      { value: 'n@x', primary: true },
    ],
  ],
  [
    'another primary',
    { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
    [
      { value: 'ada@example.com', type: 'work', primary: false },
      { value: 'ada@home.example', type: 'home', primary: true },
    ],
  ],
  [
    'a value that is there gets a display',
    { op: 'add', path: 'emails', value: [{ value: 'ADA@home.example', type: 'home', display: 'H' }] },
    [
      { value: 'ada@example.com', type: 'work', primary: true },
      { value: 'ADA@home.example', type: 'home', display: 'H' },
    ],
  ],
  ['all of them', { op: 'replace', path: 'emails', value: [{ value: 'n@x' }] }, [{ value: 'n@x' }]],
  ['all of them without a path', { op: 'replace', value: { emails: [{ value: 'n@x' }] } }, [{ value: 'n@x' }]],
  ['one that is removed', { op: 'remove', path: 'emails[type eq "home"]' }, [{ value: 'ada@example.com', type: 'work', primary: true }]],
  [
    'one whose value is removed',
    { op: 'Remove', path: 'emails[type eq "home"].value' },
    [{ value: 'ada@example.com', type: 'work', primary: true }],
  ],
  [
    'JumpCloud removes by value',
    { op: 'remove', path: 'emails', value: [{ value: 'ada@home.example' }] },
    [{ value: 'ada@example.com', type: 'work', primary: true }],
  ],
  [
    'an element as a whole',
    { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'w@x' } },
    [
      { type: 'work', value: 'w@x' },
      { value: 'ada@home.example', type: 'home' },
    ],
  ],
  ['all removed', { op: 'remove', path: 'emails' }, undefined],
  ['replaced by nothing', { op: 'replace', path: 'emails', value: [] }, undefined],
]

test.each(emailsAfter)('a directory changes %s', (_, operation, emails) => {
  const { user, changed } = patch(operation)
  expect(user).toEqual({ ...ada, rest: { title: 'Countess', ...(emails === undefined ? {} : { emails }) } })
  expect(changed).toBe(true)
})

test('the type of a value may come in one operation and the value in the next', () => {
  const { user } = patch(
    { op: 'Add', path: 'phoneNumbers[type eq "mobile"].primary', value: 'True' },
    { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' },
  )
  expect(user.rest['phoneNumbers']).toEqual([{ type: 'mobile', primary: true, value: '+1' }])
})
