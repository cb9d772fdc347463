import { endSessions } from '../sessions/sessions.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'

/**
 * Ends every way in that a user has open, at once and on every server process: sessions with their streams, sign-ins that
 * are half done, devices that wait to be admitted. What they hold (keys, memberships, devices) stays. The caller holds the
 * user's row, so that two acts on one user follow one another.
 */
export async function endAccess(trx: Trx, user: { id: string; enterprise_id: string }, actor: string, at: Millis): Promise<void> {
  await endSessions(trx, { userId: user.id, enterpriseId: user.enterprise_id }, at)
  await trx.deleteFrom('sign_ins').where('user_id', '=', user.id).execute()
  const cancelled = await trx
    .updateTable('device_requests')
    .set({ state: 'cancelled', decided_at: at, decided_by: actor })
    .where('user_id', '=', user.id)
    // An approved one still waits for its device to come for the session.
    .where('state', 'in', ['pending', 'approved'])
    .returning('id')
    .execute()
  if (cancelled.length > 0) await announce(trx, { enterpriseId: user.enterprise_id, kind: 'account', subjectId: user.id, at })
}
