import type { Millis, Trx } from '../storage/database.ts'
import { revokeToken } from './tokens.ts'

/** How long the old one of two tokens stays valid after its last use. */
export const UNUSED_MILLIS: Millis = 7 * 24 * 60 * 60 * 1000
/** Tokens that are ended in one transaction. */
const AT_ONCE = 100

/**
 * Ends a rotation that nobody ended: revokes the older of a method's two tokens once the newer one has been used and the
 * older one has not for seven days, and was not replaced within them. @returns how many tokens ended
 */
export async function retireRotatedTokens(trx: Trx, now: Millis): Promise<number> {
  const unusedSince = now - UNUSED_MILLIS
  const stale = await trx
    .selectFrom('provisioning_tokens as old')
    .innerJoin('provisioning_tokens as fresh', (join) =>
      join.onRef('fresh.method_id', '=', 'old.method_id').onRef('fresh.id', '>', 'old.id'),
    )
    .innerJoin('provisioning_methods as m', 'm.id', 'old.method_id')
    .select(['old.id as tokenId', 'm.id', 'm.enterprise_id', 'm.node_id'])
    .where('old.revoked_at', 'is', null)
    .where('fresh.revoked_at', 'is', null)
    .where('fresh.last_used_at', 'is not', null)
    .where('fresh.created_at', '<', unusedSince)
    .where((eb) => eb.or([eb('fresh.expires_at', 'is', null), eb('fresh.expires_at', '>', now)]))
    .where((eb) => eb.or([eb('old.last_used_at', 'is', null), eb('old.last_used_at', '<', unusedSince)]))
    .orderBy('old.id')
    .limit(AT_ONCE)
    .execute()
  for (const { tokenId, ...method } of stale) await revokeToken(trx, method, tokenId, 'server', now)
  return stale.length
}
