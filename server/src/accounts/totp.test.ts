import { TOTP, URI } from 'otpauth'
import { expect, test } from 'vitest'
import { newTotp, stepOfCode } from './totp.ts'

/** The secret of RFC 6238, appendix B, in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test('codes are those of RFC 6238, with six digits', () => {
  // Appendix B gives eight digits: 94287082 and 07081804.
  expect(stepOfCode(SECRET, '287082', 59_000)).toBe(1)
  expect(stepOfCode(SECRET, '081804', 1_111_111_109_000)).toBe(37_037_036)
})

test('a code is good in the step before and after its own, and names its own', () => {
  expect(stepOfCode(SECRET, '287082', 89_000)).toBe(1)
  expect(stepOfCode(SECRET, '287082', 29_000)).toBe(1)
  expect(stepOfCode(SECRET, '287082', 90_000)).toBeNull()
})

test('what is no code of now is none', () => {
  for (const code of ['287083', '', '28708', '2870820', 'abcdef']) expect(stepOfCode(SECRET, code, 59_000), code).toBeNull()
})

test('an app that scans the code of the set-up shows what the server expects', () => {
  const { secret, uri } = newTotp('Claviger (vault.example.com)', 'grace@example.com')
  const app = URI.parse(uri)
  expect(app.issuer).toBe('Claviger (vault.example.com)')
  expect(app.label).toBe('grace@example.com')
  expect(app).toBeInstanceOf(TOTP)
  const at = 1_700_000_000_000
  if (app instanceof TOTP) expect(stepOfCode(secret, app.generate({ timestamp: at }), at)).toBe(Math.floor(at / 30_000))
})
