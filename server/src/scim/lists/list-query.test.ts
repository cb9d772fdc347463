import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFilter } from '../filter/filter.ts'
import { formatRef, userType } from '../schemas/resource-type.ts'
import { refusal } from '../testing-arbitraries.ts'
import { queryFingerprint, readListQuery, readResourceQuery, readSearchRequest, SEARCH_URN } from './list-query.ts'

const limits = { defaultCount: 200, maxCount: 1_000 }
const read = (query: { readonly [name: string]: unknown }) => readListQuery(query, userType, limits)

test.each<[query: object, count: number, startIndex: number]>([
  [{}, 200, 1],
  [{ startIndex: '1', count: '2' }, 2, 1],
  [{ startIndex: '0', count: '0' }, 0, 1],
  [{ startIndex: '-5', count: '-1' }, 0, 1],
  [{ startIndex: '101', count: '5000' }, 1_000, 101],
  [{ startIndex: ' 3 ', '': '' }, 200, 3],
])('the page %j has %i from %i', (query, count, startIndex) => {
  expect(read({ ...query })).toMatchObject({ count, page: { kind: 'index', startIndex } })
})

test('a list is filtered, sorted and projected', () => {
  const query = read({ filter: 'userName eq "x"', sortBy: 'NAME.familyName', sortOrder: 'Descending', attributes: 'userName' })
  expect(query.filter && formatFilter(query.filter)).toBe('userName eq "x"')
  expect(query.sort && formatRef(query.sort.ref)).toBe('name.familyName')
  expect(query).toMatchObject({ sort: { descending: true }, projection: { mode: 'only' } })
  expect(read({ sortBy: 'emails' }).sort).toMatchObject({
    ref: { attribute: { name: 'emails' }, sub: { name: 'value' } },
    descending: false,
  })
})

test('an empty cursor asks for the first page, another one for the page after it', () => {
  expect(read({ cursor: '' })).toMatchObject({ count: 200, page: { kind: 'cursor', token: undefined } })
  expect(read({ cursor: 'abc', count: '10' })).toMatchObject({ count: 10, page: { kind: 'cursor', token: 'abc' } })
})

describe('a query is refused:', () => {
  test.each<[query: object, code: string, words: RegExp]>([
    [{ startIndex: 'one' }, 'invalid_value', /"startIndex" must be a whole number, not the string "one"/],
    [{ count: '1.5' }, 'invalid_value', /"count" must be a whole number/],
    [{ count: '1e3' }, 'invalid_value', /"count"/],
    [{ count: '' }, 'invalid_value', /"count"/],
    [{ count: ['1', '2'] }, 'invalid_value', /"count" must be a whole number, not an array/],
    [{ filter: ['a', 'b'] }, 'invalid_value', /"filter" must be given once/],
    [{ filter: '' }, 'invalid_filter', /the name of an attribute was expected/],
    [{ filter: 'x eq 1' }, 'invalid_filter', /no attribute is called "x"/],
    [{ sortBy: 'shoeSize' }, 'invalid_value', /"sortBy" names no attribute/],
    [{ sortBy: 'name' }, 'invalid_value', /name cannot be sorted by/],
    [{ sortBy: 'password' }, 'invalid_value', /password cannot be sorted by/],
    [{ sortBy: 'title', sortOrder: 'up' }, 'invalid_value', /"sortOrder" must be ascending or descending/],
    [{ attributes: 'a', excludedAttributes: 'b' }, 'invalid_value', /not both/],
    [{ cursor: '', startIndex: '1' }, 'invalid_value', /either "cursor" or "startIndex"/],
    [{ cursor: '', count: 'x' }, 'invalid_count', /"count" must be a whole number/],
    [{ cursor: '', count: '0' }, 'invalid_count', /between 1 and 1000, not 0/],
    [{ cursor: '', count: '1001' }, 'invalid_count', /between 1 and 1000, not 1001/],
  ])('%j', (query, code, words) => {
    expect(refusal(() => read({ ...query }))).toMatchObject({ code, message: expect.stringMatching(words) })
  })
})

test('a search says in its body what a list says in its address', () => {
  const body = { schemas: [SEARCH_URN], filter: 'title pr', attributes: ['userName'], sortBy: 'title', startIndex: 3, count: 5 }
  expect(readSearchRequest(body, userType, limits)).toEqual(
    read({ filter: 'title pr', attributes: 'userName', sortBy: 'title', startIndex: '3', count: '5' }),
  )
  expect(readSearchRequest({ schemas: [SEARCH_URN], cursor: '', excludedAttributes: [] }, userType, limits)).toEqual(read({ cursor: '' }))
})

test.each<[body: unknown, code: string]>([
  [[], 'invalid_syntax'],
  [{}, 'invalid_syntax'],
  [{ schemas: ['urn:example'] }, 'invalid_syntax'],
  [{ schemas: [SEARCH_URN], attributes: 'userName' }, 'invalid_value'],
  [{ schemas: [SEARCH_URN], attributes: [7] }, 'invalid_value'],
  [{ schemas: [SEARCH_URN], count: 1.5 }, 'invalid_value'],
  [{ schemas: [SEARCH_URN], filter: 7 }, 'invalid_value'],
])('the search %j is refused', (body, code) => {
  expect(refusal(() => readSearchRequest(body, userType, limits))?.code).toBe(code)
})

test('a single resource can be asked for in part', () => {
  expect(readResourceQuery({}, userType)).toBeUndefined()
  expect(readResourceQuery({ excludedAttributes: 'groups' }, userType)).toMatchObject({ mode: 'except' })
})

test('a cursor goes on in the same list only, with pages of any size', () => {
  const print = (query: object, scope = 'n1/Users') => queryFingerprint(read({ cursor: '', ...query }), scope)
  expect(print({ filter: 'TITLE pr', count: '5' })).toBe(print({ filter: '(title pr)', count: '7', attributes: 'id' }))
  const others = [
    {},
    { filter: 'userName pr' },
    { filter: 'title pr', sortBy: 'title' },
    { filter: 'title pr', sortBy: 'title', sortOrder: 'descending' },
  ]
  expect(
    new Set([print({ filter: 'title pr' }), print({ filter: 'title pr' }, 'n2/Users'), ...others.map((query) => print(query))]).size,
  ).toBe(6)
})

test('any parameters are either a query or refused', () => {
  const names = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'cursor', 'attributes', 'excludedAttributes', 'schemas']
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.jsonValue())), (query) => {
      const code = refusal(() => {
        const { count, page } = read(query)
        expect(count >= 0 && count <= limits.maxCount).toBe(true)
        if (page.kind === 'index') expect(page.startIndex).toBeGreaterThanOrEqual(1)
      })?.code
      expect([undefined, 'invalid_value', 'invalid_filter', 'invalid_count']).toContain(code)
      refusal(() => readSearchRequest({ ...query, schemas: [SEARCH_URN] }, userType, limits))
    }),
    { numRuns: 1_000 },
  )
})
