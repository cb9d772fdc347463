import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { aside } from './aside.ts'
import { lineOf } from './line.ts'
import { openTestDatabase } from './testing.ts'
import { write } from './write.ts'

test('a long read sees what was committed before it began', async () => {
  const db = await openTestDatabase()
  await write(db, (trx) => trx.insertInto('secrets').values({ name: 'a', value: 'v' }).execute())
  expect(await aside(db).selectFrom('secrets').selectAll().execute()).toEqual([{ name: 'a', value: 'v' }])
})

test('others are answered while a long read runs', async () => {
  const db = await openTestDatabase()
  const numbers =
    lineOf(db).dialect === 'sqlite'
      ? sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000) select i from n)`
      : sql`generate_series(1, 2000000) as n(i)`
  const order: string[] = []
  const long = sql`select sum(i) as total from ${numbers}`.execute(aside(db)).then(({ rows }) => {
    order.push('long')
    return rows
  })
  await db.selectFrom('secrets').selectAll().execute()
  await write(db, (trx) => trx.insertInto('secrets').values({ name: 'b', value: 'v' }).execute())
  order.push('short')
  expect(await long).toHaveLength(1)
  expect(order).toEqual(['short', 'long'])
})

test('a long read that the database refuses fails alone, and the next one is answered', async () => {
  const db = await openTestDatabase()
  await expect(sql`select * from nothing_of_that_name`.execute(aside(db))).rejects.toThrow(/nothing_of_that_name/)
  expect(await aside(db).selectFrom('secrets').selectAll().execute()).toEqual([])
})

test('a long read cannot write', async () => {
  const db = await openTestDatabase()
  await expect(aside(db).insertInto('secrets').values({ name: 'a', value: 'v' }).execute()).rejects.toThrow(/readonly|read-only/)
})
