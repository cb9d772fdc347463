import type { Millis, Trx } from '../storage/database.ts'

/** Removes at most `limit` held requests that were decided before `before`. @returns how many; call it until it answers 0 */
export async function expireHeld(trx: Trx, before: Millis, limit: number): Promise<number> {
  const removed = await trx
    .deleteFrom('held_requests')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('held_requests')
        .select('id')
        .where('decided_at', '<', before)
        .where('state', 'in', ['applied', 'failed', 'rejected', 'superseded'])
        .orderBy('decided_at')
        .limit(limit),
    )
    .returning('id')
    .execute()
  return removed.length
}
