import type { NoticeDetail } from '@claviger/contract/api/notices.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'

/** What a person is told of, in the Web Vault and by mail. */
export type NoticeKind =
  | 'device-added'
  | 'device-admitted'
  | 'password-changed'
  | 'recovery-code-changed'
  | 'recovered-by-code'
  | 'recovered-by-administrator'
  | 'vault-transferred-to-you'
  | 'vault-transferred-from-you'
  | 'second-factor-changed'
  | 'removals-held'

/** What a user is told. */
export interface NewNotice {
  userId: string
  enterpriseId: string
  kind: NoticeKind
  detail: NoticeDetail
}

/**
 * Tells a user of something that was done to their account, or that waits for them: a notice in the Web Vault, and a mail to whoever has registered
 * and is not deleted. In the transaction of what it tells of; the route calls `onCommit` so that the mail goes out at once.
 * @returns the notice's id
 */
export async function notify(trx: Trx, { userId, enterpriseId, kind, detail }: NewNotice, at: Millis): Promise<string> {
  const id = newId()
  await trx
    .insertInto('notices')
    .values({ id, user_id: userId, kind, detail: JSON.stringify(detail), created_at: at, seen_at: null })
    .execute()
  const user = await trx
    .selectFrom('users')
    .select('email')
    .where('id', '=', userId)
    .where('registered_at', 'is not', null)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (user) await queueMail(trx, id, user.email, at)
  await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
  return id
}

async function queueMail(trx: Trx, noticeId: string, recipient: string, at: Millis) {
  await trx
    .insertInto('outbox')
    .values({
      id: newId(),
      invitation_id: null,
      notice_id: noticeId,
      recipient,
      state: 'queued',
      attempts: 0,
      due_at: at,
      last_error: null,
      created_at: at,
      sent_at: null,
    })
    .execute()
}
