import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { notify } from '../notices/notify.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { keepWrap } from './wraps.ts'

/**
 * Takes a new recovery code in place of the one before, and tells the user. The account's row decides between two at once.
 * @throws AppError `conflict` where the wrap is not the one after the present
 */
export async function renewRecoveryCode(
  trx: Trx,
  { userId, enterpriseId, actor }: { userId: string; enterpriseId: string; actor: string },
  { wrap, recoveryHash }: { wrap: Extract<UserRootWrap, { way: 'recovery-code' }>; recoveryHash: string },
  at: Millis,
): Promise<void> {
  await trx.updateTable('accounts').set({ recovery_hash: recoveryHash, updated_at: at }).where('user_id', '=', userId).execute()
  const before = await trx
    .selectFrom('root_wraps')
    .select('epoch')
    .where('user_id', '=', userId)
    .where('way', '=', 'recovery-code')
    .executeTakeFirst()
  if (wrap.epoch !== (before?.epoch ?? 0) + 1)
    throw new AppError('conflict', 'The recovery code was renewed meanwhile: read the account again.')
  await keepWrap(trx, userId, wrap)
  await record(trx, { enterpriseId, at, actor, action: 'user.recovery-code-renewed', subjectKind: 'user', subjectId: userId })
  await notify(trx, { userId, enterpriseId, kind: 'recovery-code-changed', detail: {} }, at)
}
