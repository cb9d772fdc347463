import { expect, test } from 'vitest'
import { announce, changesAfter, expireChanges, startOfFeed } from './changes.ts'
import { openTestDatabase } from './testing.ts'
import { feedSettled } from './testing-feed.ts'
import { write } from './write.ts'

const change = (subjectId: string) => ({ enterpriseId: 'e1', kind: 'user' as const, subjectId, at: 1 })

test('a reader gets each change once and in order, page by page', async () => {
  const db = await openTestDatabase()
  for (const id of ['a', 'b', 'c']) await write(db, (trx) => announce(trx, change(id)))
  await write(db, (trx) => announce(trx, { ...change('x'), enterpriseId: 'e2' }))
  await feedSettled(db, 'e1')
  const first = await changesAfter(db, 'e1', startOfFeed, 2)
  const second = await changesAfter(db, 'e1', first.position, 2)
  const third = await changesAfter(db, 'e1', second.position, 2)
  expect([first, second, third].map(({ changes }) => changes.map(({ subjectId }) => subjectId))).toEqual([['a', 'b'], ['c'], []])
  expect(third.position).toBe(second.position)
})

test('old changes go, oldest first, and readers go on from where they were', async () => {
  const db = await openTestDatabase()
  for (const at of [1, 2, 3, 10]) await write(db, (trx) => announce(trx, { ...change(`at ${at}`), at }))
  await feedSettled(db, 'e1')
  const { position } = await changesAfter(db, 'e1', startOfFeed, 2)
  expect(await write(db, (trx) => expireChanges(trx, 5, 2))).toBe(2)
  expect(await write(db, (trx) => expireChanges(trx, 5, 2))).toBe(1)
  expect(await write(db, (trx) => expireChanges(trx, 5, 2))).toBe(0)
  expect((await changesAfter(db, 'e1', position)).changes.map(({ subjectId }) => subjectId)).toEqual(['at 10'])
})

// SQLite has one writer, so nothing can commit late there.
const onPostgres = process.env['TEST_STORE'] === 'postgres'
if (onPostgres) {
  test('a change whose transaction commits late is not skipped by a reader who was there before', async () => {
    const db = await openTestDatabase()
    let finish = () => {}
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve
    })
    let started = () => {}
    const hasStarted = new Promise<void>((resolve) => {
      started = resolve
    })
    const late = write(db, async (trx) => {
      await announce(trx, change('late'))
      started()
      await mayFinish
    })
    await hasStarted
    await write(db, (trx) => announce(trx, change('early')))
    const before = await changesAfter(db, 'e1', startOfFeed)
    finish()
    await late
    await feedSettled(db, 'e1')
    const after = await changesAfter(db, 'e1', before.position)
    const seen = [...before.changes, ...after.changes].map(({ subjectId }) => subjectId)
    expect(seen.toSorted()).toEqual(['early', 'late'])
  })

  test('a transaction that stays open in another database of the same server holds nothing back', async () => {
    const [db, elsewhere] = [await openTestDatabase(), await openTestDatabase()]
    const heard = async () => (await changesAfter(db, 'e1', startOfFeed)).changes.map(({ subjectId }) => subjectId)
    await write(elsewhere, async (trx) => {
      await announce(trx, change('elsewhere'))
      await write(db, (here) => announce(here, change('here')))
      await expect.poll(heard, { timeout: 10_000 }).toEqual(['here'])
      await write(db, async (here) => {
        await announce(here, change('late'))
        await write(db, (other) => announce(other, change('early')))
        expect(await heard()).toEqual(['here'])
      })
      await expect.poll(heard, { timeout: 10_000 }).toEqual(['here', 'late', 'early'])
    })
  })
}
