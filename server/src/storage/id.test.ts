import { version } from 'uuid'
import { expect, test } from 'vitest'
import { newId } from './id.ts'

test('ids are UUIDv7, unique, and rise as they are made, within a millisecond too', () => {
  const ids = Array.from({ length: 20_000 }, newId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(ids.toSorted())
  expect(ids.every((id) => version(id) === 7)).toBe(true)
})

test('an id says when it was made', () => {
  const before = Date.now()
  const made = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16)
  expect(made).toBeGreaterThanOrEqual(before)
  expect(made).toBeLessThanOrEqual(Date.now())
})
