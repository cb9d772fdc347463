import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeRecoveryCode, readRecoveryCode, recoveryHash, recoveryProof, writeRecoveryCode } from './recovery-code.ts'
import { Secret } from './secret.ts'
import { outcome } from './testing-enterprise.ts'

test('a recovery code is read back however it is typed', async () => {
  const code = makeRecoveryCode()
  const text = await writeRecoveryCode(code)
  expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/)
  const typed = [
    text,
    text.toLowerCase(),
    text.replaceAll('-', ' '),
    ` ${text.replaceAll('-', '')}\n`,
    text.replaceAll('0', 'o').replaceAll('1', 'l'),
  ]
  for (const each of typed) expect((await readRecoveryCode(each)).reveal()).toEqual(code.reveal())
})

test('a slip in one character is noticed', async () => {
  const text = (await writeRecoveryCode(makeRecoveryCode())).replaceAll('-', '')
  const letters = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ']
  await fc.assert(
    fc.asyncProperty(fc.nat(31), fc.constantFrom(...letters), async (at, letter) => {
      fc.pre(text[at] !== letter)
      expect(await outcome(() => readRecoveryCode(text.slice(0, at) + letter + text.slice(at + 1)))).toBe('wrong_recovery_code')
    }),
    // One slip in 2^24 is missed by any checksum of that length; a fixed seed keeps the run the same.
    { seed: 1 },
  )
})

test('what is too short, too long or no code at all is called mistyped, and is not repeated in the message', async () => {
  const text = await writeRecoveryCode(makeRecoveryCode())
  for (const typed of ['', 'hello', text.slice(5), `${text}-0000`, text.replace(/.$/, 'U'), 'ſ'.repeat(32)]) {
    expect(await outcome(() => readRecoveryCode(typed))).toBe('wrong_recovery_code')
  }
  await expect(readRecoveryCode(text.slice(5))).rejects.not.toThrow(text.slice(5, 12))
})

test('no two codes are the same', () => {
  const codes = Array.from({ length: 1000 }, () => Buffer.from(makeRecoveryCode().reveal()).toString('hex'))
  expect(new Set(codes).size).toBe(1000)
})

test('what a code shows of itself is always the same, and holds nothing of the code', async () => {
  const code = new Secret('recovery-code', new Uint8Array(17).fill(7))
  expect(await recoveryProof(code)).toBe('Q66_DU8-TrmzjGmxK4-w8G819hLCSt9uTg0xP1bzIoA')
  expect(await recoveryHash(code)).toBe('aSsL7wIbzicnh_nZrpMkx5Tgpx07dsZTSCmvcSGRNbk')
  const other = new Secret('recovery-code', new Uint8Array(17).fill(8))
  expect(await recoveryProof(other)).not.toBe(await recoveryProof(code))
})
