import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { endSessions } from '../sessions/sessions.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { keepWrap } from './wraps.ts'

/** A new password: what OPAQUE checks it by, and the user root under it. */
export interface NewPassword {
  readonly registrationRecord: string
  readonly wrap: UserRootWrap
}

/**
 * Takes a new password in place of the old one, in one step with the wrap of the user root that it opens: neither is ever
 * there without the other. Other sessions and sign-ins that are under way end. Telling the user is the caller's.
 * @throws AppError `conflict` where the password was changed meanwhile, `invalid_value` for another way's wrap
 */
export async function replacePassword(
  trx: Trx,
  user: { userId: string; enterpriseId: string; sessionId: string; actor: string },
  { registrationRecord, wrap }: NewPassword,
  at: Millis,
): Promise<void> {
  const { userId, enterpriseId, sessionId, actor } = user
  if (wrap.way !== 'password') throw new AppError('invalid_value', 'The wrap of the user root is not for a password.')
  // First, because it holds the account against others who renew its ways in.
  await trx.updateTable('accounts').set({ opaque_record: registrationRecord, updated_at: at }).where('user_id', '=', userId).execute()
  if (wrap.epoch !== (await passwordEpoch(trx, userId)) + 1) {
    throw new AppError('conflict', 'The password was changed meanwhile: sign in with the newest one, then change it.')
  }
  await keepWrap(trx, userId, wrap)
  await trx.deleteFrom('sign_ins').where('user_id', '=', userId).execute()
  const ended = await endSessions(trx, { userId, enterpriseId }, at, { except: sessionId })
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'user.password-changed',
    subjectKind: 'user',
    subjectId: userId,
    detail: { epoch: wrap.epoch, sessions: ended },
  })
}

async function passwordEpoch(trx: Trx, userId: string): Promise<number> {
  const row = await trx
    .selectFrom('root_wraps')
    .select('epoch')
    .where('user_id', '=', userId)
    .where('way', '=', 'password')
    .executeTakeFirst()
  return row?.epoch ?? 0
}
