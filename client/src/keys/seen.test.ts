import { expect, test } from 'vitest'
import { remember, requireNotOlder, type Seen } from './seen.ts'
import { outcome } from './testing-enterprise.ts'

test('a version older than one that was seen is refused, the same and newer ones are not', async () => {
  const seen = remember(new Map(), 'record', [['r1', 3]])
  expect(await outcome(() => requireNotOlder(seen, 'record', 'r1', 2))).toBe('rolled_back')
  expect(await outcome(() => requireNotOlder(seen, 'record', 'r1', 3))).toBe('accepted')
  expect(await outcome(() => requireNotOlder(seen, 'record', 'r2', 1))).toBe('accepted')
  expect(await outcome(() => requireNotOlder(seen, 'folder-key', 'r1', 1))).toBe('accepted')
})

test('a list with one rolled back version is refused whole, and what was remembered stays', async () => {
  const seen: Seen = remember(new Map(), 'record', [['r1', 3]])
  const list: [string, number][] = [
    ['r2', 1],
    ['r1', 2],
  ]
  expect(await outcome(() => remember(seen, 'record', list))).toBe('rolled_back')
  expect(seen.size).toBe(1)
})
