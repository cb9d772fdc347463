import type { SealedAttachment } from '@claviger/contract/attachment.ts'
import { AttachmentId, RecordId, UserId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { Db, Millis } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { missingRecord, recordOf } from './record-rows.ts'
import { requireRole, type VaultCaller } from './role.ts'
import { folderOf, tellOfOpen } from './write-records.ts'

/**
 * Lets the caller read `read` of a record, and notes before that they did: whoever loses access later is known to have seen
 * it. The note is written once, with the folder held, so that a removal at the same time either sees it or refuses this read.
 * @throws AppError `not_found`
 */
export async function openRecord<T>(db: Db, caller: VaultCaller, recordId: string, at: Millis, read: () => Promise<T>): Promise<T> {
  await requireRole(db, caller, await folderOf(db, recordId), 'view')
  const value = await read()
  // Looked at after the reading: where it stands still, no removal came before, which would have taken it away.
  if (await isNoted(db, caller, recordId)) return value
  await write(db, async (trx) => {
    const folderId = await folderOf(trx, recordId)
    // Writes nothing new; it holds the row.
    await trx
      .updateTable('folders')
      .set((eb) => ({ revision: eb.ref('revision') }))
      .where('id', '=', folderId)
      .execute()
    await requireRole(trx, caller, folderId, 'view')
    await trx
      .insertInto('record_opens')
      .values({ record_id: recordId, user_id: caller.userId, at })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await tellOfOpen(trx, caller, folderId, recordId, at)
  })
  return value
}

async function isNoted(db: Db, { userId }: VaultCaller, recordId: string): Promise<boolean> {
  const row = await db
    .selectFrom('record_opens')
    .select('at')
    .where('record_id', '=', recordId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row !== undefined
}

/** A whole record with its key and attachments, unfinished uploads of the caller's own included. @throws AppError `not_found` */
export async function readRecord(db: Db, { userId }: VaultCaller, recordId: string) {
  const row = await db
    .selectFrom('records as r')
    .innerJoin('record_keys as k', (join) => join.onRef('k.record_id', '=', 'r.id').onRef('k.epoch', '=', 'r.key_epoch'))
    .selectAll('r')
    .select(['k.folder_epoch', 'k.sealed'])
    .where('r.id', '=', recordId)
    .executeTakeFirst()
  if (row === undefined) missingRecord(recordId)
  const attachments = await db
    .selectFrom('attachments as a')
    .innerJoin('record_keys as k', (join) => join.onRef('k.record_id', '=', 'a.record_id').onRef('k.epoch', '=', 'a.key_epoch'))
    .selectAll('a')
    .select(['k.folder_epoch', 'k.sealed'])
    .where('a.record_id', '=', recordId)
    .where((eb) => eb.or([eb('a.state', '=', 'complete'), eb('a.author', '=', userId)]))
    .orderBy('a.id')
    .execute()
  return {
    record: recordOf(recordId, row),
    key: { folderEpoch: row.folder_epoch, sealed: AesSealed.parse(row.sealed) },
    changeDue: row.change_due === 1,
    binnedAt: row.deleted_at,
    attachments: attachments.map((attachment) => ({
      attachment: attachmentOf(attachment),
      key: { folderEpoch: attachment.folder_epoch, sealed: AesSealed.parse(attachment.sealed) },
      complete: attachment.state === 'complete',
    })),
  }
}

function attachmentOf(row: {
  id: string
  record_id: string
  key_epoch: number
  author: string
  size: number
  meta: string
}): SealedAttachment {
  return {
    suite: SUITE,
    id: AttachmentId.parse(row.id),
    recordId: RecordId.parse(row.record_id),
    keyEpoch: row.key_epoch,
    author: UserId.parse(row.author),
    size: row.size,
    meta: AesSealed.parse(row.meta),
  }
}
