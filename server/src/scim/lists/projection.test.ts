import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatRef, userType } from '../schemas/resource-type.ts'
import { refsOf, refusal } from '../testing-arbitraries.ts'
import { project, readProjection, splitNames, wants } from './projection.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const user = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  id: 'u1',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Byron' },
  emails: [{ value: 'a', type: 'work' }, { type: 'home' }],
  [enterprise]: { department: 'd', manager: { value: 'm', $ref: 'r' } },
  meta: { resourceType: 'User', version: 'W/"1"' },
}
const { schemas, id } = user

test.each<[attributes: string, shown: object]>([
  ['userName', { userName: 'ada' }],
  ['USERNAME, name.GIVENNAME', { userName: 'ada', name: { givenName: 'Ada' } }],
  ['name.givenName,name', { name: { givenName: 'Ada', familyName: 'Byron' } }],
  ['name,name.givenName', { name: { givenName: 'Ada', familyName: 'Byron' } }],
  ['emails.value', { emails: [{ value: 'a' }] }],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName', { userName: 'ada' }],
  [`${enterprise}:manager.value`, { [enterprise]: { manager: { value: 'm' } } }],
  [enterprise, { [enterprise]: user[enterprise] }],
  ['shoeSize', {}],
  ['password', {}],
  ['id', {}],
  ['meta.version', { meta: { version: 'W/"1"' } }],
])('who asks for %s sees that, the id and the schemas', (attributes, shown) => {
  expect(project(user, readProjection(userType, splitNames(attributes), undefined))).toEqual({ schemas, id, ...shown })
})

test.each<[excluded: string, hidden: object]>([
  ['emails', { emails: undefined }],
  ['emails.type', { emails: [{ value: 'a' }] }],
  ['id,schemas', {}],
  [`name.givenName,${enterprise}:department`, { name: { familyName: 'Byron' }, [enterprise]: { manager: { value: 'm', $ref: 'r' } } }],
  [`${enterprise}:department,${enterprise}:manager`, { [enterprise]: undefined }],
  ['shoeSize', {}],
])('who excludes %s sees the rest', (excluded, hidden) => {
  const wanted = Object.fromEntries(Object.entries({ ...user, ...hidden }).filter(([, value]) => value !== undefined))
  expect(project(user, readProjection(userType, undefined, splitNames(excluded)))).toEqual(wanted)
})

test('without a wish everything is shown', () => {
  expect(readProjection(userType, splitNames(''), splitNames(undefined))).toBeUndefined()
  expect(project(user, undefined)).toBe(user)
})

test('to ask for attributes and exclude some at once is refused', () => {
  expect(refusal(() => readProjection(userType, ['userName'], ['emails']))?.code).toBe('invalid_value')
})

test('what will not be shown need not be read', () => {
  expect(wants(undefined, 'groups')).toBe(true)
  expect(wants(readProjection(userType, ['userName'], undefined), 'groups')).toBe(false)
  expect(wants(readProjection(userType, ['groups.value'], undefined), 'groups')).toBe(true)
  expect(wants(readProjection(userType, undefined, ['groups']), 'groups')).toBe(false)
  expect(wants(readProjection(userType, undefined, ['groups.display']), 'groups')).toBe(true)
  expect(wants(readProjection(userType, undefined, ['id']), 'id')).toBe(true)
})

test('what is shown once is shown the same again, and both wishes together make the whole', () => {
  const names = fc.subarray(refsOf(userType).map(formatRef), { minLength: 1 })
  fc.assert(
    fc.property(names, (list) => {
      const only = readProjection(userType, list, undefined)
      const except = readProjection(userType, undefined, list)
      const shown = project(user, only)
      const left = project(user, except)
      expect(project(shown, only)).toEqual(shown)
      expect(project(left, except)).toEqual(left)
      expect(new Set([...Object.keys(shown), ...Object.keys(left)])).toEqual(new Set(Object.keys(user)))
    }),
  )
})
