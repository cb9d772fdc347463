import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refusal } from '../testing-arbitraries.ts'
import { openCursor, sealCursor } from './cursor.ts'

const key = { secret: Buffer.alloc(32, 7), lifetime: 60_000 }

test('a cursor gives back its position, in characters that need no escape in an address', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (position, fingerprint) => {
      const sent = JSON.parse(JSON.stringify(position))
      const cursor = sealCursor(sent, fingerprint, key, 1_000)
      expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/)
      expect(openCursor(cursor, fingerprint, key, 61_000)).toEqual(sent)
    }),
  )
})

test('a cursor that is too old has expired', () => {
  const cursor = sealCursor(['u1'], 'q', key, 1_000)
  expect(refusal(() => openCursor(cursor, 'q', key, 61_001))?.code).toBe('expired_cursor')
})

test('a cursor of another query or under another key is invalid, even an old one', () => {
  const cursor = sealCursor(['u1'], 'q', key, 1_000)
  expect(refusal(() => openCursor(cursor, 'r', key, 2_000))?.code).toBe('invalid_cursor')
  expect(refusal(() => openCursor(cursor, 'r', key, 90_000))?.code).toBe('invalid_cursor')
  expect(refusal(() => openCursor(cursor, 'q', { ...key, secret: Buffer.alloc(32, 8) }, 2_000))?.code).toBe('invalid_cursor')
})

test('a cursor with any character altered is invalid', () => {
  const cursor = sealCursor(['u1', 5], 'q', key, 1_000)
  for (const [index, character] of [...cursor].entries()) {
    const altered = `${cursor.slice(0, index)}${character === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`
    expect(refusal(() => openCursor(altered, 'q', key, 2_000))?.code).toBe('invalid_cursor')
  }
})

test.each(['', '.', 'x', 'e30.', 'x'.repeat(10_000), `${'x'.repeat(5_000)}.x`])('the cursor %s is invalid', (cursor) => {
  expect(refusal(() => openCursor(cursor, 'q', key, 0))?.code).toBe('invalid_cursor')
})
