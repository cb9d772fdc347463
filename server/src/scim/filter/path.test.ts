import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupType, userType } from '../schemas/resource-type.ts'
import { refusal } from '../testing-arbitraries.ts'
import { formatFilter } from './filter.ts'
import { findPath, parsePath } from './path.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'

test.each<[path: string, parts: readonly (string | undefined)[]]>([
  ['userName', [undefined, 'userName', undefined, undefined]],
  [' USERNAME ', [undefined, 'userName', undefined, undefined]],
  ['name.givenName', [undefined, 'name', undefined, 'givenName']],
  ['emails[type eq "work"]', [undefined, 'emails', 'type eq "work"', undefined]],
  ['emails[type eq "a]b" and (primary eq true)].VALUE', [undefined, 'emails', 'type eq "a]b" and primary eq true', 'value']],
  [`${core}:emails[type eq work].value`, [undefined, 'emails', 'type eq "work"', 'value']],
  [`${core}:name.givenName`, [undefined, 'name', undefined, 'givenName']],
  [`${enterprise}:department`, ['enterprise', 'department', undefined, undefined]],
  [`${enterprise}:manager.value`, ['enterprise', 'manager', undefined, 'value']],
])('the path %s is understood', (text, [extension, attribute, filter, sub]) => {
  const path = parsePath(userType, text)
  if (path.kind !== 'attribute') throw new Error('an attribute was expected')
  expect(path.extension?.id).toBe(extension && enterprise)
  expect(path.attribute.name).toBe(attribute)
  expect(path.filter && formatFilter(path.filter)).toBe(filter)
  expect(path.sub?.name).toBe(sub)
})

test('the URN of an extension alone means all of it', () => {
  expect(parsePath(userType, enterprise.toUpperCase())).toMatchObject({ kind: 'extension', extension: { id: enterprise } })
})

test.each([
  ['shoeSize', 'invalid_path'],
  ['name.shoeSize', 'invalid_path'],
  ['userName.', 'invalid_path'],
  ['userName.a.b', 'invalid_path'],
  ['__proto__', 'invalid_path'],
  ['userName[value eq "x"]', 'invalid_path'],
  ['name[givenName eq "x"]', 'invalid_path'],
  ['emails.value[type eq "x"]', 'invalid_path'],
  ['emails[type eq "work"]value', 'invalid_path'],
  ['emails[type eq "work"].shoe', 'invalid_path'],
  ['emails[type eq "work"', 'invalid_filter'],
  ['emails[', 'invalid_filter'],
  ['emails[shoe eq "work"]', 'invalid_filter'],
  [`${enterprise}[department eq "x"]`, 'invalid_path'],
  ['x'.repeat(9_000), 'invalid_path'],
  [`emails[${'('.repeat(5_000)}`, 'invalid_filter'],
])('the path %s is refused', (text, code) => {
  expect(refusal(() => parsePath(userType, text))?.code).toBe(code)
})

test('a group has no attributes of a user', () => {
  expect(findPath(groupType, 'userName')).toBeUndefined()
  expect(findPath(groupType, 'members')).toMatchObject({ attribute: { name: 'members' } })
})

test('any text is either a path or refused as one', () => {
  const pieces = fc.constantFrom('emails', 'value', '[', ']', '.', 'type eq "work"', enterprise, core, ':', 'name', ' ')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const code = refusal(() => parsePath(userType, text))?.code ?? 'read'
        expect(['read', 'invalid_path', 'invalid_filter']).toContain(code)
      },
    ),
    { numRuns: 2_000 },
  )
})
