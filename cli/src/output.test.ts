import { expect, test } from 'vitest'
import { printable, timeJson, timeText } from './output.ts'

test('nothing that a directory names moves the cursor, colours the terminal, or turns letters round', () => {
  expect(printable('Ops\u001b[2J\u0007\u009b1m\r\n')).toBe('Ops\u{FFFD}[2J\u{FFFD}\u{FFFD}1m\u{FFFD}\u{FFFD}')
  expect(printable('exe.\u202egnp')).toBe('exe.\u{FFFD}gnp')
  expect(printable('Zoë 李 😀 Ａ')).toBe('Zoë 李 😀 Ａ')
})

test('times are UTC in words, ISO 8601 in JSON', () => {
  const noon = Date.UTC(2026, 2, 1, 12, 30, 5, 7)
  expect(timeText(noon)).toBe('2026-03-01 12:30:05 UTC')
  expect([timeJson(noon), timeJson(null)]).toEqual(['2026-03-01T12:30:05.007Z', null])
})
