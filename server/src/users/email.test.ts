import { expect, test } from 'vitest'
import { readEmail } from './email.ts'

test.each([
  'ada@example.com',
  'Ada.Lovelace+vault@sub.example.co.uk',
  'o\u2019neil@example.com',
  "o'neil_%@example.com",
  'rené@exämple.com',
  '用户@例子.中国',
  'root@localhost',
  `${'a'.repeat(64)}@example.com`,
])('%s is an address, kept as it was written', (text) => {
  expect(readEmail(text)).toBe(text)
})

test('spaces around an address are dropped, and its letters are put together', () => {
  expect(readEmail('  rene\u0301@example.com\n')).toBe('ren\u00e9@example.com')
})

test.each([
  '',
  '@',
  'ada',
  'ada@',
  '@example.com',
  'ada@example@com',
  'a b@example.com',
  'ada@exa mple.com',
  'Ada <ada@example.com>',
  '<ada@example.com>',
  'ada@example.com,grace@example.com',
  'ada,grace@example.com',
  'ada@example.com;grace@example.com',
  'group:ada@example.com',
  'ada(comment)@example.com',
  '"ada"@example.com',
  'ada\\@example.com',
  'ada\r\nBcc:grace@example.com',
  'ada\u0000@example.com',
  'ada\u200b@example.com',
  'ada\u202e@example.com',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(255)}`,
])('%j is no address', (text) => {
  expect(readEmail(text)).toBeNull()
})
