import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { addUser, NOON } from '../invitations/testing.ts'
import { closeDatabase, openDatabase } from '../storage/open.ts'
import { openTestStore } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { madeUpUser } from './made-up-user.ts'

const DAY = 86_400_000
const addresses = Array.from({ length: 60 }, (_, i) => `nobody-${i}@example.com`)

/** A store with an enterprise that was made at noon and is set up. */
async function start() {
  const { db, location } = await openTestStore()
  const { enterpriseId } = await addUser(db)
  const log_id = createHash('sha256').update(enterpriseId).digest('base64url')
  await write(db, (trx) => trx.updateTable('enterprises').set({ log_id }).execute())
  return { db, location }
}

test('each address has one made-up user, on every process and at any time, and no two have the same', async () => {
  const { db, location } = await start()
  const other = await openDatabase(location)
  const ids = async (from: typeof db, at: number) =>
    Promise.all(addresses.map(async (address) => (await madeUpUser(from, address, at)).userId))
  const [here, there] = await Promise.all([ids(db, NOON + DAY), ids(other, NOON + DAY)])
  expect(there).toEqual(here)
  expect(await ids(db, NOON + 400 * DAY)).toEqual(here)
  expect(new Set(here).size).toBe(addresses.length)
  await closeDatabase(other)
})

test('made-up users look made at any time since the enterprise is there, and never in the future', async () => {
  const { db } = await start()
  const times: number[] = []
  for (const address of addresses) {
    const { userId } = await madeUpUser(db, address, NOON + DAY)
    times.push(Number.parseInt(userId.replaceAll('-', '').slice(0, 12), 16))
  }
  expect(Math.min(...times)).toBeGreaterThanOrEqual(NOON)
  expect(Math.max(...times)).toBeLessThan(NOON + DAY)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(DAY / 4)
})
