import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../storage/id.ts'
import { invitationLink, readInvitationToken, setupLink } from './link.ts'

const key = Buffer.alloc(32, 7)
const tokenOf = (link: string) => link.slice(link.indexOf('#') + 1)

test('a link proves the invitation it was made for, behind any public address', () => {
  const id = newId()
  for (const publicUrl of ['https://vault.example.com', 'https://example.com/vault/', 'http://localhost:8080']) {
    expect(readInvitationToken(key, tokenOf(invitationLink(key, publicUrl, id)))).toBe(id)
    expect(readInvitationToken(key, tokenOf(setupLink(key, publicUrl, id)))).toBe(id)
  }
  expect(invitationLink(key, 'https://example.com/vault/', id)).toContain('https://example.com/vault/invite#')
  expect(setupLink(key, 'https://example.com', id)).toContain('https://example.com/setup#')
})

test('the token stands in the fragment alone, which is sent to no server', () => {
  const { hash, pathname, search } = new URL(invitationLink(key, 'https://vault.example.com', newId()))
  expect([pathname, search]).toEqual(['/invite', ''])
  expect(hash.length).toBeGreaterThan(80)
})

test('a token that was altered in any place is not accepted', () => {
  const token = tokenOf(invitationLink(key, 'https://vault.example.com', newId()))
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.string({ minLength: 0, maxLength: 2, unit: 'binary' }), (place, replacement) => {
      const altered = token.slice(0, place) + replacement + token.slice(place + 1)
      fc.pre(altered !== token)
      expect(readInvitationToken(key, altered)).toBeNull()
    }),
    { numRuns: 2000 },
  )
})

test('no last character but the right one is accepted, though several stand for the same bytes', () => {
  const token = tokenOf(invitationLink(key, 'https://vault.example.com', newId()))
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const accepted = [...alphabet].filter((last) => readInvitationToken(key, token.slice(0, -1) + last) !== null)
  expect(accepted).toEqual([token.at(-1)])
})

test('no other text, no other key and no other invitation passes', () => {
  fc.assert(fc.property(fc.string(), (text) => readInvitationToken(key, text) === null))
  const [one, other] = [newId(), newId()]
  const token = tokenOf(invitationLink(key, 'https://vault.example.com', one))
  expect(readInvitationToken(Buffer.alloc(32, 8), token)).toBeNull()
  expect(readInvitationToken(key, token.replace(one, other))).toBeNull()
  expect(readInvitationToken(key, `${token}\n`)).toBeNull()
})
