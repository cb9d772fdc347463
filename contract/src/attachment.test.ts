import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK_BYTES, chunkSize, chunksOf, MOST_ATTACHMENT_BYTES } from './attachment.ts'

test('the chunks of an attachment make up its bytes, and all but the last are whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MOST_ATTACHMENT_BYTES }), (size) => {
      const sizes = Array.from({ length: chunksOf(size) }, (_, position) => chunkSize(size, position))
      expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(size)
      expect(sizes.slice(0, -1).every((one) => one === CHUNK_BYTES)).toBe(true)
      expect(size === 0 || (sizes.at(-1) ?? 0) > 0).toBe(true)
      expect(chunkSize(size, sizes.length)).toBe(0)
    }),
  )
  expect([chunksOf(0), chunksOf(CHUNK_BYTES), chunksOf(CHUNK_BYTES + 1)]).toEqual([1, 1, 2])
})
