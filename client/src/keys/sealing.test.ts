import type { Binding } from '@claviger/contract/associated-data.ts'
import { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { EncryptionKey } from '@claviger/contract/public-keys.ts'
import { AesSealed, HpkeSealed } from '@claviger/contract/sealed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importAesKey, openAes, sealAes } from './aes.ts'
import { makeEncryptionKeyPair, openWith, sealTo } from './key-pair.ts'
import { randomBytes } from './secret.ts'
import { flipBit, outcome } from './testing-enterprise.ts'

const logId = (byte: number) => EnterpriseLogId.parse(Buffer.alloc(32, byte).toString('base64url'))
const bound: Binding = {
  label: 'record',
  enterprise: logId(1),
  object: { type: 'record', id: 'r' },
  owner: { type: 'folder', id: 'f' },
  wrappingKey: { id: 'k', epoch: 1 },
  part: 'body',
  version: 1,
  beside: { author: 'ada' },
}
/** One for each thing that associated data binds, with that thing changed. */
const others: Binding[] = [
  { ...bound, label: 'record-key' },
  { ...bound, enterprise: logId(2) },
  { ...bound, object: { type: 'attachment', id: 'r' } },
  { ...bound, object: { type: 'record', id: 'r2' } },
  { ...bound, owner: { type: 'user', id: 'f' } },
  { ...bound, owner: { type: 'folder', id: 'f2' } },
  { ...bound, wrappingKey: { id: 'k2', epoch: 1 } },
  { ...bound, wrappingKey: { id: 'k', epoch: 2 } },
  { ...bound, part: 'meta' },
  { ...bound, version: 2 },
  { ...bound, beside: {} },
  { ...bound, beside: { author: 'eve' } },
  { ...bound, beside: { author: 'ada', more: 1 } },
]
const plaintext = fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes))

test('what was sealed comes back, and the same plaintext never seals to the same bytes', async () => {
  const [key, pair] = [await importAesKey(randomBytes(32)), await makeEncryptionKeyPair(false)]
  await fc.assert(
    fc.asyncProperty(plaintext, async (bytes) => {
      const [one, two] = [await sealAes(key, bytes, bound), await sealAes(key, bytes, bound)]
      expect(one).not.toBe(two)
      expect(await openAes(key, one, bound)).toEqual(bytes)
      expect(await openWith(pair, await sealTo(pair.public, bytes, bound), bound)).toEqual(bytes)
    }),
  )
})

test('nothing opens as anything else than what it was sealed as, in any single respect', async () => {
  const [key, pair] = [await importAesKey(randomBytes(32)), await makeEncryptionKeyPair(false)]
  const [sealed, sealedTo] = [await sealAes(key, randomBytes(32), bound), await sealTo(pair.public, randomBytes(32), bound)]
  for (const other of others) {
    expect(await outcome(() => openAes(key, sealed, other))).toBe('cannot_open')
    expect(await outcome(() => openWith(pair, sealedTo, other))).toBe('cannot_open')
  }
})

test('no bit of what was sealed can be altered, and nothing cut off or put on', async () => {
  const [key, pair] = [await importAesKey(randomBytes(32)), await makeEncryptionKeyPair(false)]
  const [sealed, sealedTo] = [await sealAes(key, randomBytes(32), bound), await sealTo(pair.public, randomBytes(32), bound)]
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (bit) => {
      expect(await outcome(() => openAes(key, AesSealed.parse(flipBit(sealed, bit)), bound))).toBe('cannot_open')
      expect(await outcome(() => openWith(pair, HpkeSealed.parse(flipBit(sealedTo, bit)), bound))).toBe('cannot_open')
    }),
    { numRuns: 300 },
  )
  for (const cut of [sealed.slice(0, -4), `${sealed}AAAA`, `AAAA${sealed}`]) {
    expect(await outcome(() => openAes(key, AesSealed.parse(cut), bound))).toBe('cannot_open')
  }
})

test('nothing is sealed to a public key that would give its secret to everybody', async () => {
  for (const byte of [0, 1]) {
    const small = EncryptionKey.parse(Buffer.from([byte, ...new Array(31).fill(0)]).toString('base64url'))
    expect(await outcome(() => sealTo(small, randomBytes(32), bound))).toBe('unusable_key')
  }
})

test('another key opens nothing', async () => {
  const [key, other] = [await importAesKey(randomBytes(32)), await importAesKey(randomBytes(32))]
  const [pair, stranger] = [await makeEncryptionKeyPair(false), await makeEncryptionKeyPair(false)]
  expect(await outcome(async () => openAes(other, await sealAes(key, randomBytes(32), bound), bound))).toBe('cannot_open')
  expect(await outcome(async () => openWith(stranger, await sealTo(pair.public, randomBytes(32), bound), bound))).toBe('cannot_open')
})
