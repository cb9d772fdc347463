import { expect, test } from 'vitest'
import { closeDatabase, openDatabase } from './open.ts'
import { loadSecret, loadSecretText } from './secrets.ts'
import { openTestStore } from './testing.ts'
import { write } from './write.ts'

test('a secret is made once and is the same ever after, and each name has its own', async () => {
  const { db, location } = await openTestStore()
  const made = await loadSecret(db, 'invitations')
  expect(made).toHaveLength(32)
  expect(await loadSecret(db, 'invitations')).toEqual(made)
  expect(await loadSecret(db, 'other')).not.toEqual(made)
  const later = await openDatabase(location)
  expect(await loadSecret(later, 'invitations')).toEqual(made)
  await closeDatabase(later)
})

test('processes that start together agree on the secret', async () => {
  const { db, location } = await openTestStore()
  const other = await openDatabase(location)
  const made = await Promise.all(Array.from({ length: 20 }, (_, i) => loadSecret(i % 2 ? db : other, 'invitations')))
  expect(new Set(made.map((secret) => secret.toString('hex'))).size).toBe(1)
  await closeDatabase(other)
})

test('processes that each make a secret text at once agree on one of them', async () => {
  const { db, location } = await openTestStore()
  const other = await openDatabase(location)
  let made = 0
  const texts = await Promise.all([0, 1, 2, 3].map((i) => loadSecretText(i % 2 ? db : other, 'text', () => `made ${made++}`)))
  expect(new Set(texts).size).toBe(1)
  expect(await loadSecretText(db, 'text', () => 'another')).toBe(texts[0])
  await closeDatabase(other)
})

test('a damaged secret is refused, not used', async () => {
  const { db } = await openTestStore()
  await write(db, (trx) => trx.insertInto('secrets').values({ name: 'short', value: 'YWJj' }).execute())
  await expect(loadSecret(db, 'short')).rejects.toThrow(/damaged/)
})
