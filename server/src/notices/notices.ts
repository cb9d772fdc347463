import { type Notice, NoticeDetail } from '@claviger/contract/api/notices.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'

/** Notices in one answer: who is told more than this has seen enough. */
const LISTED = 200
/** Notices are kept for so long; the audit log has its own time. */
export const NOTICES_KEPT: Millis = 365 * 24 * 60 * 60 * 1000

/** What a user is told, newest first. */
export async function noticesOf(db: Db, userId: string): Promise<Notice[]> {
  const rows = await db.selectFrom('notices').selectAll().where('user_id', '=', userId).orderBy('id', 'desc').limit(LISTED).execute()
  return rows.map(({ id, kind, detail, created_at: createdAt, seen_at: seenAt }) => ({
    noticeId: id,
    kind,
    detail: NoticeDetail.parse(JSON.parse(detail)),
    createdAt,
    seenAt,
  }))
}

/** How many notices a user has not seen. */
export async function unseenNotices(db: Db, userId: string): Promise<number> {
  const row = await db
    .selectFrom('notices')
    .select((eb) => eb.fn.countAll<number>().as('unseen'))
    .where('user_id', '=', userId)
    .where('seen_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.unseen)
}

/** Marks notices as seen; only those of this user. */
export async function markSeen(
  trx: Trx,
  { userId, enterpriseId }: { userId: string; enterpriseId: string },
  noticeIds: readonly string[],
  at: Millis,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('notices')
    .set({ seen_at: at })
    .where('user_id', '=', userId)
    .where('id', 'in', noticeIds)
    .where('seen_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
}

/** Removes at most `limit` notices from before `before`, with their mails. @returns how many; call it until it answers 0 */
export async function expireNotices(trx: Trx, before: Millis, limit: number): Promise<number> {
  const old = await trx.selectFrom('notices').select('id').where('created_at', '<', before).orderBy('id').limit(limit).execute()
  const ids = old.map(({ id }) => id)
  if (ids.length === 0) return 0
  await trx.deleteFrom('outbox').where('notice_id', 'in', ids).execute()
  await trx.deleteFrom('notices').where('id', 'in', ids).execute()
  return ids.length
}
