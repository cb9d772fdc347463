import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoff, deliveryFailure } from './delivery-failure.ts'

const smtpError = (fields: object) => Object.assign(new Error('it failed'), fields)

test.each([
  ['an unknown recipient', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'refused'],
  ['a message that policy forbids', { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'refused'],
  ['an address that no command can carry', { code: 'EENVELOPE', command: 'API' }, 'refused'],
  ['greylisting', { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' }, 'deferred'],
  ['a full mailbox, as RFC 5321 has it', { code: 'EENVELOPE', responseCode: 552, command: 'RCPT TO' }, 'deferred'],
  ['a fault of ours', {}, 'deferred'],
  ['a wrong password for the mail server', { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'unreachable'],
  ['a sender that the server does not accept', { code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }, 'unreachable'],
  ['a server that shuts down', { code: 'EMESSAGE', responseCode: 421, command: 'DATA' }, 'unreachable'],
  ['a server that is down', { code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }, 'unreachable'],
  ['a certificate that does not fit', { code: 'ETLS', command: 'CONN' }, 'unreachable'],
])('%s', (_, fields, kind) => {
  expect(deliveryFailure(smtpError(fields))).toEqual({ kind, message: 'it failed' })
})

test("the server's words are kept as one line of bounded length", () => {
  const { message } = deliveryFailure(new Error(`550 no\r\nsuch\u0000user ${'x'.repeat(2000)}`))
  expect(message).toMatch(/^550 no such user x+$/)
  expect(message).toHaveLength(500)
  expect(deliveryFailure('thrown as text').kind).toBe('deferred')
})

test('the wait between attempts grows from a minute to six hours and no further', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, chance) => {
      const wait = backoff(attempts, chance)
      expect(wait).toBeGreaterThanOrEqual(60_000)
      expect(wait).toBeLessThanOrEqual(6 * 60 * 60_000)
      expect(wait).toBeGreaterThanOrEqual(backoff(attempts, 0))
    }),
  )
  expect([1, 2, 3].map((attempts) => backoff(attempts, 0))).toEqual([60_000, 120_000, 240_000])
})
