import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyType, groupType, type ResourceType, userType } from '../schemas/resource-type.ts'
import { anyFilter, refusal } from '../testing-arbitraries.ts'
import { formatFilter, MAX_FILTER_CONDITIONS, MAX_FILTER_DEPTH, parseElementFilter, parseFilter } from './filter.ts'
import { MAX_FILTER_LENGTH } from './filter-scanner.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** What a directory sends, and the same filter written out: reading gives the same meaning to both. */
const understood: readonly [sent: string, meaning: string, type?: ResourceType][] = [
  ['userName eq "a@b.c"', 'userName eq "a@b.c"'],
  ['USERNAME Eq "a"', 'userName eq "a"'],
  ['  userName   eq\t"a"  ', 'userName eq "a"'],
  ['userName eq "say \\"hi\\" \\u00e9"', 'userName eq "say \\"hi\\" é"'],
  ['externalId eq x', 'externalId eq "x"'],
  ['externalId eq 42', 'externalId eq "42"'],
  ['(externalId eq x)', 'externalId eq "x"'],
  ['emails[value eq x@y.z]', 'emails[value eq "x@y.z"]'],
  ['active eq true', 'active eq true'],
  ['active eq "True"', 'active eq true'],
  ['active eq False', 'active eq false'],
  ['title eq null', 'title eq null'],
  ['title pr', 'title pr'],
  ['title PR and userName pr', 'title pr and userName pr'],
  ['title pr or title pr and title pr', 'title pr or title pr and title pr'],
  ['(title pr or userName pr) and title pr', '(title pr or userName pr) and title pr'],
  ['(title pr and userName pr) and (title pr)', 'title pr and userName pr and title pr'],
  ['not (title pr)', 'not (title pr)'],
  ['NOT(title pr)', 'not (title pr)'],
  ['name.familyName co "O\'Malley"', 'name.familyName co "O\'Malley"'],
  ['emails co "x"', 'emails.value co "x"'],
  ['emails.type eq "work"', 'emails.type eq "work"'],
  ['emails[type eq "work" and value co "@x"] or ims[type eq "xmpp"]', 'emails[type eq "work" and value co "@x"] or ims[type eq "xmpp"]'],
  ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'userName sw "J"'],
  [`${enterprise}:department eq "d"`, `${enterprise}:department eq "d"`],
  [`${enterprise.toUpperCase()}:manager.value eq "m"`, `${enterprise}:manager.value eq "m"`],
  [`${enterprise}:manager eq "m"`, `${enterprise}:manager.value eq "m"`],
  ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34.000Z"'],
  ['meta.created le "2026-01-31T08:00:00+02:00"', 'meta.created le "2026-01-31T06:00:00.000Z"'],
  ['members[value eq "u"]', 'members[value eq "u"]', groupType],
  ['members.value eq "u"', 'members.value eq "u"', groupType],
  ['displayName eq "N"', 'displayName eq "N"', anyType],
]

test.each(understood)('a directory that sends %s means %s', (sent, meaning, type = userType) => {
  expect(formatFilter(parseFilter(sent, type))).toBe(meaning)
})

test('"and" binds closer than "or"', () => {
  expect(parseFilter('title pr or title pr and userName pr', userType)).toMatchObject({
    kind: 'or',
    filters: [{ kind: 'present' }, { kind: 'and', filters: [{ kind: 'present' }, { kind: 'present' }] }],
  })
})

/** What is refused, and what the administrator reads about it. */
const refused: readonly [sent: string, words: RegExp, type?: ResourceType][] = [
  ['', /at its end: the name of an attribute was expected/],
  ['nonsense', /character 1 \("nonsense"\): no attribute is called "nonsense"/],
  ['shoeSize eq "43"', /no attribute is called "shoeSize"/],
  ['name.shoeSize eq "43"', /no attribute is called "name.shoeSize"/],
  ['emails[shoeSize eq "43"]', /emails has no sub-attribute "shoeSize"/],
  ['__proto__ eq "x"', /no attribute is called "__proto__"/],
  ['emails[constructor eq "x"]', /no sub-attribute "constructor"/],
  ['userName is "x"', /character 10 .*an operator .* was expected after userName/],
  ['userName', /at its end: an operator/],
  ['userName eq', /at its end: a value was expected/],
  ['userName eq "x', /a text in double quotes has no end/],
  ['userName eq "\\x"', /not written as in JSON/],
  ["userName eq 'x'", /double quotes, not single ones/],
  ['userName eq "a\\u0000"', /U\+0000/],
  ['userName eq "\\ud800"', /surrogate/],
  ['userName eq "x" userName eq "y"', /"and", "or" or the end was expected/],
  ['userName eq "x")', /"and", "or" or the end was expected/],
  ['(userName eq "x"', /"\)" was expected/],
  ['not userName eq "x"', /"\(" was expected after "not"/],
  ['emails[type eq "work"', /"\]" was expected/],
  ['emails[addresses[type eq "x"]]', /emails has no sub-attribute/],
  ['userName[value eq "x"]', /no elements/],
  ['emails.value[type eq "x"]', /no elements/],
  ['active gt true', /active is a boolean, which "gt" cannot compare/],
  ['active co "t"', /boolean/],
  ['active eq "maybe"', /true or false/],
  ['userName eq true', /text in double quotes/],
  ['title gt null', /null can be compared with eq and ne only/],
  ['x509Certificates.value ge "x"', /binary/],
  ['meta.created co "2011"', /dateTime/],
  ['meta.created gt "yesterday"', /a time such as/],
  ['meta.created gt "2026-13-01T00:00:00Z"', /a time such as/],
  ['name eq "x"', /name one of its sub-attributes/],
  ['password eq "x"', /password cannot be filtered by/],
  ['meta.location eq "x"', /cannot be filtered by/],
  [enterprise, /needs ":" and an attribute/],
  ['urn:example:2.0:User:userName eq "x"', /no attribute is called/],
  ['members.value eq "u"', /no attribute is called/],
  ['userName eq "u"', /no attribute is called/, groupType],
  ['externalId eq x y', /"and", "or" or the end/],
]

test.each(refused)('the filter %j is refused', (sent, words, type = userType) => {
  expect(refusal(() => parseFilter(sent, type))).toMatchObject({ code: 'invalid_filter', message: expect.stringMatching(words) })
})

describe('a filter that would cost too much is refused:', () => {
  test.each([
    ['5,000 parentheses', '('.repeat(5_000)],
    ['5,000 negations', 'not ('.repeat(1_600)],
    ['parentheses beyond the depth', `${'('.repeat(MAX_FILTER_DEPTH + 1)}title pr${')'.repeat(MAX_FILTER_DEPTH + 1)}`],
    ['brackets beyond the depth', `${'('.repeat(MAX_FILTER_DEPTH)}emails[type pr]${')'.repeat(MAX_FILTER_DEPTH)}`],
    [
      'too many comparisons',
      Array(MAX_FILTER_CONDITIONS + 1)
        .fill('title pr')
        .join(' or '),
    ],
    ['a text that is too long', `userName eq "${'x'.repeat(MAX_FILTER_LENGTH)}"`],
  ])('%s', (_, text) => {
    expect(refusal(() => parseFilter(text, userType))?.code).toBe('invalid_filter')
  })

  test('but what is just within the bounds is read', () => {
    const deep = `${'('.repeat(MAX_FILTER_DEPTH)}title pr${')'.repeat(MAX_FILTER_DEPTH)}`
    expect(parseFilter(deep, userType)).toMatchObject({ kind: 'present' })
    const wide = Array(MAX_FILTER_CONDITIONS).fill('title pr').join(' or ')
    expect(parseFilter(wide, userType)).toMatchObject({ kind: 'or', filters: { length: MAX_FILTER_CONDITIONS } })
  })
})

test('a refusal names no more than the beginning of what was sent', () => {
  expect(refusal(() => parseFilter(`title ${'x'.repeat(5_000)}`, userType))?.message.length).toBeLessThan(300)
})

test('the filter of a PATCH path ends at its bracket', () => {
  const emails = userType.byName.get('emails')
  if (emails === undefined) throw new Error('no emails')
  expect(parseElementFilter('emails[type eq "a]b"].value', 7, emails)).toMatchObject({ filter: { value: 'a]b' }, end: 21 })
})

test('a filter that is written out reads as the same filter', () => {
  for (const type of [userType, groupType, anyType]) {
    fc.assert(
      fc.property(anyFilter(type), (filter) => {
        expect(parseFilter(formatFilter(filter), type)).toEqual(filter)
      }),
    )
  }
})

test('any text is either a filter or refused as one', () => {
  const pieces = fc.constantFrom(
    'userName',
    'emails',
    '[',
    ']',
    '(',
    ')',
    'not',
    'and',
    'or',
    'eq',
    'pr',
    '"',
    '"x"',
    'true',
    'null',
    '.',
    ' ',
    '\\',
    'value',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(text, (sent) => {
      const code = refusal(() => parseFilter(sent, userType))?.code
      expect(code === undefined || code === 'invalid_filter').toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
