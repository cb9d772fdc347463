import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noticeMessage } from './notice-message.ts'

const content = {
  firstName: 'Ada',
  email: 'ada@example.com',
  enterpriseName: 'Acme',
  noticeKind: 'device-added',
  detail: { device: 'Phone', address: '192.0.2.7', agent: 'Firefox', by: 'grace@example.com', person: 'joan@example.com', folders: 2 },
  happenedAt: Date.UTC(2026, 11, 7, 14, 5),
}
const kinds = [
  'device-added',
  'device-admitted',
  'password-changed',
  'recovery-code-changed',
  'recovered-by-code',
  'recovered-by-administrator',
  'vault-transferred-to-you',
  'vault-transferred-from-you',
  'second-factor-changed',
]

test('a notice says what happened, when, on which device and from where, and what to do about it', () => {
  const { subject, text, html } = noticeMessage(content)
  expect(subject).toBe('A new device has your vault (Claviger at Acme)')
  for (const part of [text, html]) {
    expect(part).toContain('Hello Ada,')
    expect(part).toContain('When: 7 December 2026 at 14:05 UTC. Device: Phone. Network address: 192.0.2.7. Program: Firefox.')
    expect(part).toContain('If this was not you, tell your administrator now')
  }
})

test('an act of an administrator names who did it, and to whose folders', () => {
  const said = (noticeKind: string) => noticeMessage({ ...content, noticeKind }).text
  expect(said('recovered-by-administrator')).toContain('the administrator grace@example.com opened your account')
  expect(said('vault-transferred-to-you')).toContain(
    'The administrator grace@example.com transferred 2 personal folders of joan@example.com to you.',
  )
  expect(said('vault-transferred-from-you')).toContain('transferred 2 personal folders of yours to joan@example.com')
})

test('every kind has words of its own, and one of another version still has some', () => {
  const subjects = [...kinds, 'of a later version'].map((noticeKind) => noticeMessage({ ...content, noticeKind, detail: {} }).subject)
  // A device that was let in, and one that signed in, are the same to who reads the subject.
  expect(new Set(subjects).size).toBe(kinds.length)
})

test('the mail has no link, so that a forged one is told by its link', () => {
  for (const noticeKind of kinds) {
    const { text, html } = noticeMessage({ ...content, noticeKind })
    expect(text).not.toMatch(/https?:/)
    expect(html).not.toMatch(/https?:|<a |<img|src=|url\(|<script/)
  }
})

test('whatever a device is called, the subject is one line and the HTML keeps its structure', () => {
  const shape = (html: string) => html.match(/<[^>]*>/g)
  const expected = shape(noticeMessage(content).html)
  const anyText = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `<${text}"'>&`)
  fc.assert(
    fc.property(anyText, anyText, anyText, (device, agent, by) => {
      const { subject, html } = noticeMessage({ ...content, detail: { device, agent, by } })
      expect(subject).not.toMatch(/\p{Cc}/u)
      expect(shape(html)).toEqual(expected)
    }),
  )
})
