import type { Millis, Trx } from '../storage/database.ts'
import { smallestIdAt } from '../storage/time-of-id.ts'

/** Removes the oldest rows of the audit log from before `before`, at most `limit`. @returns how many */
export async function expireAuditLog(trx: Trx, before: Millis, limit: number): Promise<number> {
  const removed = await trx
    .deleteFrom('audit_log')
    .where('id', 'in', (eb) => eb.selectFrom('audit_log').select('id').where('id', '<', smallestIdAt(before)).orderBy('id').limit(limit))
    .returning('id')
    .execute()
  return removed.length
}
