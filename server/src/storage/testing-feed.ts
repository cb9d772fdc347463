import { expect } from 'vitest'
import { changesAfter, startOfFeed } from './changes.ts'
import type { Db } from './database.ts'

/**
 * Waits until the feed of an enterprise gives all that is committed. On PostgreSQL a transaction of the same store that began
 * before, of a job or of the engine itself, holds it back for a moment: a test that reads the feed once waits for this first.
 */
export async function feedSettled(db: Db, enterpriseId: string): Promise<void> {
  const missing = async () => {
    const rows = await db.selectFrom('changes').select('sequence').where('enterprise_id', '=', enterpriseId).execute()
    const { changes } = await changesAfter(db, enterpriseId, startOfFeed, rows.length)
    return rows.length - changes.length
  }
  await expect.poll(missing, { timeout: 10_000 }).toBe(0)
}
