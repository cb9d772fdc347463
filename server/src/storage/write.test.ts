import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from './database.ts'
import { lineOf } from './line.ts'
import { prepare } from './prepared.ts'
import { openTestDatabase } from './testing.ts'
import { savepoint, write } from './write.ts'

/** SQLite's number for synchronous = FULL. */
const FULL = 2

const secret = (name: string) => ({ name, value: 'v' })

test('what a write stored is there for the next read', async () => {
  const db = await openTestDatabase()
  await write(db, (trx) => trx.insertInto('secrets').values(secret('a')).execute())
  expect(await db.selectFrom('secrets').selectAll().execute()).toEqual([secret('a')])
})

test('a write that fails leaves nothing, and harms none of those that share its commit', async () => {
  const db = await openTestDatabase()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) =>
      write(db, async (trx) => {
        await trx
          .insertInto('secrets')
          .values(secret(`s${i}`))
          .execute()
        if (i % 3 === 0) throw new Error(`refused ${i}`)
        return i
      }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10)
  expect(outcomes[3]).toMatchObject({ reason: new Error('refused 3') })
  expect(outcomes[4]).toEqual({ status: 'fulfilled', value: 4 })
  expect(await db.selectFrom('secrets').select('name').execute()).toHaveLength(20)
})

test('a statement that the database refuses undoes its write alone', async () => {
  const db = await openTestDatabase()
  const [good, bad] = await Promise.allSettled([
    write(db, (trx) => trx.insertInto('secrets').values(secret('good')).execute()),
    write(db, async (trx) => {
      await trx.insertInto('secrets').values(secret('bad')).execute()
      await trx.insertInto('secrets').values(secret('bad')).execute()
    }),
  ])
  expect(good.status).toBe('fulfilled')
  expect(bad.status).toBe('rejected')
  expect(await db.selectFrom('secrets').select('name').execute()).toEqual([{ name: 'good' }])
})

test('a savepoint that fails undoes only what was done in it', async () => {
  const db = await openTestDatabase()
  await write(db, async (trx) => {
    await trx.insertInto('secrets').values(secret('kept')).execute()
    const undone = savepoint(trx, async () => {
      await trx.insertInto('secrets').values(secret('undone')).execute()
      await trx.insertInto('secrets').values(secret('kept')).execute()
    })
    await expect(undone).rejects.toThrow()
    await trx.insertInto('secrets').values(secret('after')).execute()
  })
  expect(await db.selectFrom('secrets').select('name').orderBy('name').execute()).toEqual([{ name: 'after' }, { name: 'kept' }])
})

test('prepared statements of one transaction may be sent without waiting and run in order', async () => {
  const db = await openTestDatabase()
  const insert = prepare<{ name: string; value: string }>()((on, p) => on.insertInto('secrets').values({ name: p.name, value: p.value }))
  const find = prepare<{ name: string }>()((on, p) => on.selectFrom('secrets').select('value').where('name', '=', p.name))
  const found = await write(db, async (trx) => {
    const [, , answer] = await Promise.all([
      insert(trx, { name: 'x', value: '1' }),
      insert(trx, { name: 'y', value: '2' }),
      find(trx, { name: 'y' }),
    ])
    return answer
  })
  expect(found.rows).toEqual([{ value: '2' }])
})

test('nothing but write() can change the store', async () => {
  const db = await openTestDatabase()
  await expect(db.insertInto('secrets').values(secret('a')).execute()).rejects.toThrow(/readonly|read-only/)
})

test('a commit that was answered survives a power cut: every connection waits for the disk', async () => {
  const db = await openTestDatabase()
  const settings = async (on: Db) =>
    lineOf(on).dialect === 'sqlite'
      ? [(await sql`pragma synchronous`.execute(on)).rows, (await sql`pragma journal_mode`.execute(on)).rows]
      : [(await sql`show synchronous_commit`.execute(on)).rows]
  const expected = lineOf(db).dialect === 'sqlite' ? [[{ synchronous: FULL }], [{ journal_mode: 'wal' }]] : [[{ synchronous_commit: 'on' }]]
  expect(await settings(db)).toEqual(expected)
  expect(await write(db, (trx) => settings(trx))).toEqual(expected)
})
