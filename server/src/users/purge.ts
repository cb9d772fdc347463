import { record } from '../audit/record.ts'
import type { Millis, Trx } from '../storage/database.ts'

/** Users whose rows go in one transaction. */
const AT_ONCE = 200

/**
 * Ends the retention of users whom their directory deleted longer ago than the enterprise keeps them: the account and
 * all it held are gone for good. Takes at most 200, so call it until it answers 0.
 * @returns how many were purged
 */
export async function purgeRetained(trx: Trx, now: Millis): Promise<number> {
  const users = await trx
    .selectFrom('users')
    .innerJoin('enterprises', 'enterprises.id', 'users.enterprise_id')
    .select(['users.id', 'users.enterprise_id'])
    .where('users.deleted_at', 'is not', null)
    .where((eb) => eb(eb('users.deleted_at', '+', eb.ref('enterprises.retention_ms')), '<', now))
    .limit(AT_ONCE)
    .execute()
  if (users.length === 0) return 0
  const ids = users.map(({ id }) => id)
  await trx
    .deleteFrom('outbox')
    .where('invitation_id', 'in', (eb) => eb.selectFrom('invitations').select('id').where('user_id', 'in', ids))
    .execute()
  for (const table of ['invitations', 'administrators', 'memberships'] as const) {
    await trx.deleteFrom(table).where('user_id', 'in', ids).execute()
  }
  await trx.deleteFrom('users').where('id', 'in', ids).execute()
  for (const { id, enterprise_id: enterpriseId } of users) {
    await record(trx, { enterpriseId, at: now, actor: 'server', action: 'user.purged', subjectKind: 'user', subjectId: id })
  }
  return ids.length
}
