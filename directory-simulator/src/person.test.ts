import { expect, test } from 'vitest'
import { changesWithConsequences, differences, ENTERPRISE, fieldNamed, personNamed, personOf, shownName, workEmail } from './person.ts'

test('an attribute can be named as the directory or as SCIM names it, in any case', () => {
  expect(
    ['givenName', 'name.givenName', 'NAME.GIVENNAME', `${ENTERPRISE}:department`, 'emails[type eq "work"].value', 'nope'].map(fieldNamed),
  ).toEqual(['givenName', 'givenName', 'givenName', 'department', 'email', null])
})

test('a person who is known by an e-mail address only gets a name from it', () => {
  expect(personNamed('jane.van-doe2@example.com')).toEqual({
    userName: 'jane.van-doe2@example.com',
    givenName: 'Jane',
    familyName: 'Van-Doe',
  })
  expect(personNamed('no-email')).toMatchObject({ givenName: 'No-Email', familyName: 'Example' })
})

test('an e-mail address that was the userName follows it, and one of its own stays', () => {
  const ada = { userName: 'ada@example.com', givenName: 'Ada', familyName: 'L' }
  expect(changesWithConsequences(ada, { userName: 'new@example.com' })).toEqual({ userName: 'new@example.com', email: 'new@example.com' })
  expect(changesWithConsequences({ ...ada, email: 'own@example.com' }, { userName: 'new@example.com' })).toEqual({
    userName: 'new@example.com',
  })
  expect(changesWithConsequences(ada, { familyName: 'King' })).toEqual({ familyName: 'King', displayName: 'Ada King' })
})

test('a person is read back from what any server returns', () => {
  const read = personOf(
    {
      id: 'u1',
      userName: 'ada@example.com',
      name: { givenName: 'Ada', familyName: null },
      emails: [
        { value: 'home@example.com', type: 'home' },
        { value: 'ADA@example.com', type: 'work' },
      ],
      [ENTERPRISE]: { department: 'Analysis', manager: { value: 'u0' } },
    },
    'ada@example.com',
  )
  expect(read).toMatchObject({ userName: 'ada@example.com', givenName: 'Ada', department: 'Analysis' })
  expect(workEmail(read)).toBe('ada@example.com')
  expect(shownName(read)).toBe('Ada')
  expect(personOf('nonsense', 'x@example.com')).toEqual({ userName: 'x@example.com' })
})

test('only what a directory knows and the server has otherwise is a difference', () => {
  const there = { userName: 'ada@example.com', givenName: 'Ada', title: 'Countess' }
  expect(differences(there, { userName: 'ada@example.com', givenName: 'Augusta' })).toEqual({
    givenName: 'Augusta',
    displayName: 'Augusta',
  })
})
