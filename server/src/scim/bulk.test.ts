import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { BULK_REQUEST_URN, readBulk, resolveReferences } from './bulk.ts'
import { refusal } from './testing-arbitraries.ts'

const bulk = (...Operations: unknown[]) => readBulk({ schemas: [BULK_REQUEST_URN], Operations }, 100)
const user = (bulkId: string, data: object = {}) => ({ method: 'POST', path: '/Users', bulkId, data: { userName: bulkId, ...data } })
const group = (bulkId: string, ...members: string[]) => ({
  method: 'post',
  path: '/Groups',
  bulkId,
  data: { members: members.map((value) => ({ value })) },
})

test('each operation says what to do with which resource', () => {
  const { operations, order, failOnErrors } = bulk(
    user('a'),
    { method: 'PUT', path: '/Users/u1', version: 'W/"1"', data: {} },
    { method: 'Patch', path: '/Groups/g1', data: { Operations: [] } },
    { method: 'DELETE', path: '/Users/u2' },
  )
  expect(operations.map(({ task }) => task)).toEqual([
    { method: 'POST', type: 'Users', id: undefined },
    { method: 'PUT', type: 'Users', id: 'u1' },
    { method: 'PATCH', type: 'Groups', id: 'g1' },
    { method: 'DELETE', type: 'Users', id: 'u2' },
  ])
  expect(operations[1]?.version).toBe('W/"1"')
  expect(order).toEqual([0, 1, 2, 3])
  expect(failOnErrors).toBeUndefined()
})

test('a group that refers to a user further down waits for that user', () => {
  const { order } = bulk(group('g', 'bulkId:b', 'u9'), user('a'), user('b'), { method: 'DELETE', path: '/Users/bulkId:a' })
  expect(order).toEqual([1, 2, 0, 3])
})

test('references are replaced in the id and anywhere in the data', () => {
  const ids = new Map([['a', 'u1']])
  const data = { members: [{ value: 'bulkId:a' }, { value: 'u2' }], manager: 'bulkId:a', note: 'see bulkId:a', count: 1, none: null }
  expect(resolveReferences({ method: 'PATCH', type: 'Users', id: 'bulkId:a' }, data, ids)).toEqual({
    id: 'u1',
    data: { members: [{ value: 'u1' }, { value: 'u2' }], manager: 'u1', note: 'see bulkId:a', count: 1, none: null },
  })
})

test('what refers to an operation that failed is a conflict', () => {
  const call = () => resolveReferences({ method: 'POST', type: 'Groups', id: undefined }, { members: [{ value: 'bulkId:a' }] }, new Map())
  expect(refusal(call)).toMatchObject({ code: 'conflict', message: expect.stringContaining('"a"') })
})

test('references in a circle are a conflict for those that are in it or wait for it, and for nobody else', () => {
  const { operations, order } = bulk(
    group('a', 'bulkId:b'),
    group('b', 'bulkId:a'),
    group('c', 'bulkId:a'),
    user('d'),
    group('e', 'bulkId:e'),
  )
  expect(operations.map(({ task }) => (task instanceof AppError ? task.code : 'fine'))).toEqual([
    'conflict',
    'conflict',
    'conflict',
    'fine',
    'conflict',
  ])
  expect(order).toEqual([3, 0, 1, 2, 4])
})

describe('one operation is refused and the others are not:', () => {
  test.each<[operation: object, code: string, words: RegExp]>([
    [{ method: 'GET', path: '/Users/u1' }, 'invalid_syntax', /"method" must be/],
    [{ method: 'POST', path: '/Users', data: {} }, 'invalid_value', /needs a "bulkId"/],
    [{ method: 'POST', path: '/Users/u1', bulkId: 'x', data: {} }, 'invalid_value', /must not have an id/],
    [{ method: 'PUT', path: '/Users', data: {} }, 'invalid_value', /needs an id/],
    [{ method: 'PUT', path: '/Users/', data: {} }, 'invalid_value', /needs an id/],
    [{ method: 'PUT', path: '/Users/u1/x', data: {} }, 'invalid_value', /"path" must be/],
    [{ method: 'PUT', path: 'Users/u1', data: {} }, 'invalid_value', /"path" must be/],
    [{ method: 'POST', path: '/Teams', bulkId: 'x', data: {} }, 'invalid_value', /"path" must be/],
    [{ method: 'POST', path: '/Users', bulkId: 'x' }, 'invalid_syntax', /"data" must be an object/],
    [{ method: 'POST', path: '/Users', bulkId: 'fine', data: {} }, 'invalid_value', /"fine" is used twice/],
    [{ method: 'POST', path: '/Users', bulkId: 'x', data: { manager: 'bulkId:nobody' } }, 'invalid_value', /has the bulkId "nobody"/],
    [
      { method: 'POST', path: '/Users', bulkId: 'x', data: JSON.parse(`{"x":${'['.repeat(3_000)}${']'.repeat(3_000)}}`) },
      'invalid_syntax',
      /nests more than/,
    ],
  ])('%j', (operation, code, words) => {
    const [fine, refused] = bulk(user('fine'), operation).operations
    expect(fine?.task).toMatchObject({ method: 'POST' })
    expect(refused?.task).toMatchObject({ code, message: expect.stringMatching(words) })
  })
})

test.each<[body: unknown, code: string, words: RegExp]>([
  [null, 'invalid_syntax', /the body/],
  [{ schemas: [BULK_REQUEST_URN] }, 'invalid_syntax', /Operations/],
  [{ schemas: ['x'], Operations: [] }, 'invalid_syntax', /must hold urn/],
  [{ schemas: [BULK_REQUEST_URN], Operations: [{}] }, 'invalid_syntax', /Operations.0.method/],
  [{ schemas: [BULK_REQUEST_URN], failOnErrors: 0, Operations: [] }, 'invalid_syntax', /failOnErrors/],
  [{ schemas: [BULK_REQUEST_URN], Operations: Array(101).fill({}) }, 'too_many', /at most 100 operations, but 101/],
])('the envelope %j is refused', (body, code, words) => {
  expect(refusal(() => readBulk(body, 100))).toMatchObject({ code, message: expect.stringMatching(words) })
})

test('every operation has its turn once, after those it refers to', () => {
  const operations = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 10 })
  fc.assert(
    fc.property(operations, (references) => {
      const { operations, order } = bulk(...references.map((to, index) => group(String(index), ...to.map((other) => `bulkId:${other}`))))
      expect([...order].sort((a, b) => a - b)).toEqual(references.map((_, index) => index))
      for (const [index, operation] of operations.entries()) {
        if (operation.task instanceof AppError) continue
        for (const other of references[index] ?? []) expect(order.indexOf(other)).toBeLessThan(order.indexOf(index))
      }
    }),
  )
})
