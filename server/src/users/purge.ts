import { record } from '../audit/record.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { purgeVaults } from '../vault/purge-vaults.ts'

/** Users whose rows go in one transaction. */
const AT_ONCE = 200

/**
 * Ends the retention of users whom their directory deleted longer ago than the enterprise keeps them: the account and
 * all it held are gone for good. Takes at most 200, and their vaults in parts before them, so call it until it answers 0.
 * What the enterprise log says of them stays: it is never shortened.
 * @returns how many users, or before them folders, were dealt with
 */
export async function purgeRetained(trx: Trx, now: Millis): Promise<number> {
  const users = await trx
    .selectFrom('users')
    .innerJoin('enterprises', 'enterprises.id', 'users.enterprise_id')
    .select(['users.id', 'users.enterprise_id', 'users.node_id'])
    .where('users.deleted_at', 'is not', null)
    .where((eb) => eb(eb('users.deleted_at', '+', eb.ref('enterprises.retention_ms')), '<', now))
    .orderBy('users.id')
    .limit(AT_ONCE)
    .execute()
  if (users.length === 0) return 0
  const ids = users.map(({ id }) => id)
  const folders = await purgeVaults(trx, ids, now)
  if (folders > 0) return folders
  await removeMails(trx, ids)
  for (const table of [
    'invitations',
    'administrators',
    'memberships',
    'notices',
    'sessions',
    'sign_ins',
    'second_factors',
    'device_requests',
    'devices',
    'root_wraps',
    'record_opens',
    'accounts',
  ] as const) {
    await trx.deleteFrom(table).where('user_id', 'in', ids).execute()
  }
  await trx.deleteFrom('held_keys').where('holder_id', 'in', ids).execute()
  await trx.deleteFrom('users').where('id', 'in', ids).execute()
  for (const { id, enterprise_id: enterpriseId, node_id: nodeId } of users) {
    await record(trx, { enterpriseId, nodeId, at: now, actor: 'server', action: 'user.purged', subjectKind: 'user', subjectId: id })
  }
  return ids.length
}

async function removeMails(trx: Trx, ids: readonly string[]) {
  const of = (table: 'invitations' | 'notices') => trx.selectFrom(table).select('id').where('user_id', 'in', ids)
  await trx
    .deleteFrom('outbox')
    .where((eb) => eb.or([eb('invitation_id', 'in', of('invitations')), eb('notice_id', 'in', of('notices'))]))
    .execute()
}
