import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64url, readUtf8, toBase64url } from './bytes.ts'
import { SigningKey } from './public-keys.ts'
import { readShape } from './shape.ts'

test('bytes come back from base64url, and each byte string has one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = toBase64url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(fromBase64url(text)).toEqual(new Uint8Array(bytes))
    }),
  )
  for (const wrong of ['AB', 'AA==', 'A', 'A+', 'A/', 'AA ', ' AA', 'AA\n', 'ÄÄ']) {
    expect(() => fromBase64url(wrong), wrong).toThrow(expect.objectContaining({ code: 'malformed' }))
  }
})

test('a key of another length is refused', () => {
  for (const length of [0, 31, 33, 64]) expect(SigningKey.safeParse(toBase64url(new Uint8Array(length))).success).toBe(false)
  expect(SigningKey.safeParse(toBase64url(new Uint8Array(32))).success).toBe(true)
})

test('bytes that are not UTF-8 are no text, and a byte order mark is not dropped', () => {
  expect(() => readUtf8(Uint8Array.of(0xc3, 0x28))).toThrow(expect.objectContaining({ code: 'malformed' }))
  expect(readUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe('\ufeffA')
})

test('a refusal says where the shape is wrong, never what stood there', () => {
  const secret = 'do-not-show-me'
  expect(() => readShape(SigningKey, secret, 'a key')).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }))
})
