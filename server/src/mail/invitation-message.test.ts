import fc from 'fast-check'
import { expect, test } from 'vitest'
import { invitationMessage } from './invitation-message.ts'
import { escapeHtml } from './message-parts.ts'

const content = {
  firstName: 'Ada',
  email: 'ada@example.com',
  enterpriseName: 'Acme',
  link: 'https://vault.example.com/invite#0.abc',
  expiresAt: Date.UTC(2026, 11, 7, 14, 5),
}

test('an invitation greets by first name, names the enterprise, the address and the term, and shows the link as text', () => {
  const { subject, text, html } = invitationMessage(content)
  expect(subject).toBe('Acme invites you to Claviger')
  for (const part of [text, html]) {
    expect(part).toContain('Hello Ada,')
    expect(part).toContain('Acme has a place for you')
    expect(part).toContain('ada@example.com')
    expect(part).toContain('7 December 2026 at 14:05 UTC')
  }
  expect(text).toContain(`\n${content.link}\n`)
  expect(html).toContain(`href="${content.link}"`)
  expect(html).toContain(`>${content.link}</a>`)
})

test('whose first name is not known is greeted all the same', () => {
  for (const firstName of [undefined, '', ' \r\n ']) expect(invitationMessage({ ...content, firstName }).text).toMatch(/^Hello,\n/)
})

test('the mail loads nothing and tells nobody that it was read', () => {
  const { html } = invitationMessage(content)
  expect(html).not.toMatch(/<img|src=|url\(|@import|<link|<script/i)
  expect([...html.matchAll(/https?:[^"<\s]*/g)].map(([url]) => url)).toEqual([content.link, content.link, content.link])
})

test('a name with a line break puts nothing into the headers or before the greeting', () => {
  const { subject, text } = invitationMessage({
    ...content,
    firstName: 'Ada\r\nBcc: eve@example.com\r\n\r\nClick http://evil.example',
    enterpriseName: 'Acme\r\nBcc: eve@example.com\u2028X',
  })
  expect(subject).toBe('Acme Bcc: eve@example.com X invites you to Claviger')
  expect(text.split('\n')[0]).toBe('Hello Ada Bcc: eve@example.com Click http://evil.example,')
})

test('a very long name is shortened without breaking a letter', () => {
  expect(invitationMessage({ ...content, firstName: '😀'.repeat(500) }).text).toMatch(/^Hello 😀{80}…,\n/u)
})

test('whatever the names hold, the subject is one line and the HTML keeps its structure', () => {
  const shape = (html: string) => html.match(/<[^>]*>/g)
  const expected = shape(invitationMessage(content).html)
  const anyText = fc.string({ unit: 'binary' }).map((text) => `<${text}"'>&`)
  fc.assert(
    fc.property(anyText, anyText, anyText, (firstName, enterpriseName, email) => {
      const { subject, html } = invitationMessage({ ...content, firstName, enterpriseName, email })
      expect(subject).not.toMatch(/\p{Cc}/u)
      expect(shape(html)).toEqual(expected)
    }),
  )
})

test('escaped text reads back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeHtml(text)
      expect(escaped).not.toMatch(/[<>"']/)
      expect(escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(text.replace(/&#(\d+);/g, '&#$1;'))
    }),
  )
})
