import { expect, test } from 'vitest'
import { closeDatabase, openDatabase } from '../storage/open.ts'
import { openTestDatabase, openTestStore } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { peekHits, removeStaleHits, takeHit } from './rate-limit.ts'

const WINDOW = 10_000
const NOW = 1_800_000_000_000

test('as many as the limit are allowed in a window, the next is told when to come back', async () => {
  const db = await openTestDatabase()
  const answers = []
  for (let i = 0; i < 4; i++) answers.push(await takeHit(db, 'token', 3, WINDOW, NOW + i * 1000))
  expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true, false])
  expect(answers[3]?.retryAfter).toBe(7)
})

test('when the window is over, counting starts anew', async () => {
  const db = await openTestDatabase()
  for (let i = 0; i < 5; i++) await takeHit(db, 'token', 1, WINDOW, NOW)
  expect(await takeHit(db, 'token', 1, WINDOW, NOW + WINDOW - 1)).toEqual({ allowed: false, retryAfter: 1 })
  expect(await takeHit(db, 'token', 1, WINDOW, NOW + WINDOW)).toEqual({ allowed: true, retryAfter: 0 })
  expect((await takeHit(db, 'token', 1, WINDOW, NOW + WINDOW + 1)).allowed).toBe(false)
})

test('one who is blocked does not block others', async () => {
  const db = await openTestDatabase()
  for (let i = 0; i < 3; i++) await takeHit(db, 'a', 1, WINDOW, NOW)
  expect((await takeHit(db, 'b', 1, WINDOW, NOW)).allowed).toBe(true)
})

test('looking says what the next hit would get, and does not count', async () => {
  const db = await openTestDatabase()
  expect((await peekHits(db, 'token', 1, NOW)).allowed).toBe(true)
  expect((await peekHits(db, 'token', 1, NOW)).allowed).toBe(true)
  await takeHit(db, 'token', 1, WINDOW, NOW)
  expect(await peekHits(db, 'token', 1, NOW)).toEqual({ allowed: false, retryAfter: 10 })
  expect((await peekHits(db, 'token', 1, NOW + WINDOW)).allowed).toBe(true)
})

test('two servers on one store share the count, and hits at the same moment are all counted', async () => {
  const { db, location } = await openTestStore()
  const other = await openDatabase(location)
  try {
    const hits = Array.from({ length: 40 }, (_, i) => takeHit(i % 2 ? db : other, 'token', 25, WINDOW, NOW))
    expect((await Promise.all(hits)).filter(({ allowed }) => allowed)).toHaveLength(25)
  } finally {
    await closeDatabase(other)
  }
})

test('windows that are over are removed, those that run stay', async () => {
  const db = await openTestDatabase()
  await takeHit(db, 'old', 1, 1000, NOW)
  await takeHit(db, 'running', 1, WINDOW, NOW)
  expect(await write(db, (trx) => removeStaleHits(trx, NOW + 1000))).toBe(1)
  expect(await db.selectFrom('rate_limits').select('key').execute()).toEqual([{ key: 'running' }])
})
