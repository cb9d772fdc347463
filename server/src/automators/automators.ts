import { hashToken } from '../sessions/sessions.ts'
import type { Db } from '../storage/database.ts'

/** The automator whose token this is; undefined where there is none, or it was removed. */
export async function findAutomator(db: Db, token: string): Promise<{ automatorId: string; enterpriseId: string } | undefined> {
  const row = await db
    .selectFrom('automators')
    .select(['id', 'enterprise_id'])
    .where('token_hash', '=', hashToken(token))
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return row && { automatorId: row.id, enterpriseId: row.enterprise_id }
}
