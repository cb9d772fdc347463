import { base32 } from '@scure/base'
import { expect, test } from 'vitest'
import { readTotp, totpCode } from './totp.ts'

const of = (text: string) => base32.encode(new TextEncoder().encode(text)).replaceAll('=', '')
/** The secrets of RFC 6238, appendix B with its errata: as long as the hash. */
const SECRETS = {
  SHA1: of('12345678901234567890'),
  SHA256: of('12345678901234567890123456789012'),
  SHA512: of('1234567890123456789012345678901234567890123456789012345678901234'),
} as const

test('codes are those of RFC 6238, appendix B', () => {
  const vectors = [
    [59, '94287082', '46119246', '90693936'],
    [1_111_111_109, '07081804', '68084774', '25091201'],
    [20_000_000_000, '65353130', '77737706', '47863826'],
  ] as const
  for (const [seconds, sha1, sha256, sha512] of vectors) {
    const code = (algorithm: keyof typeof SECRETS) =>
      totpCode({ secret: SECRETS[algorithm], algorithm, digits: 8, period: 30 }, seconds * 1000).code
    expect([code('SHA1'), code('SHA256'), code('SHA512')]).toEqual([sha1, sha256, sha512])
  }
})

test('a code counts until its step ends', () => {
  const totp = { secret: SECRETS.SHA1, algorithm: 'SHA1', digits: 6, period: 30 } as const
  expect(totpCode(totp, 59_000)).toEqual({ code: '287082', until: 60_000 })
  expect(totpCode(totp, 30_000)).toEqual({ code: '287082', until: 60_000 })
  expect(totpCode(totp, 60_000).until).toBe(90_000)
})

test('a secret is read as sites show it: in groups, in small letters, padded', () => {
  const read = { secret: 'JBSWY3DPEHPK3PXP', algorithm: 'SHA1', digits: 6, period: 30 }
  for (const text of ['JBSWY3DPEHPK3PXP', ' jbsw y3dp ehpk 3pxp\n', 'JBSW-Y3DP-EHPK-3PXP', 'JBSWY3DPEHPK3PXP===']) {
    expect(readTotp(text)).toEqual(read)
  }
})

test('a URI is read with its algorithm, digits and period', () => {
  expect(readTotp('otpauth://totp/Example:ada?secret=JBSWY3DPEHPK3PXP&issuer=Example')).toMatchObject({ digits: 6, period: 30 })
  expect(readTotp('otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP&algorithm=SHA256&digits=8&period=60')).toEqual({
    secret: 'JBSWY3DPEHPK3PXP',
    algorithm: 'SHA256',
    digits: 8,
    period: 60,
  })
})

test('what is no secret of a clock is none', () => {
  for (const text of [
    '',
    'JBSW',
    '1189',
    'otpauth://hotp/ada?secret=JBSWY3DPEHPK3PXP&counter=1',
    'otpauth://totp/ada',
    'otpauth:nothing',
  ]) {
    expect(readTotp(text), text).toBeNull()
  }
})
