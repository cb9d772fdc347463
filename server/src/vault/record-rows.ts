import type { SealedRecord, SealedRecordKey } from '@claviger/contract/envelopes.ts'
import { FolderId, RecordId, UserId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { Selectable } from 'kysely'
import { AppError } from '../errors.ts'
import type { Database, Millis, Trx } from '../storage/database.ts'

type RecordColumns = Pick<
  Selectable<Database['records']>,
  'folder_id' | 'version' | 'key_epoch' | 'author' | 'modified_at' | 'meta' | 'body'
>

/** Record keys in one statement: PostgreSQL takes 65,535 parameters, SQLite 32,766. */
const KEYS_AT_ONCE = 1000

/** The columns of a version of a record. */
export function columnsOf(record: SealedRecord): RecordColumns {
  return {
    folder_id: record.folderId,
    version: record.version,
    key_epoch: record.keyEpoch,
    author: record.author,
    modified_at: record.modifiedAt,
    meta: record.meta,
    body: record.body,
  }
}

/** A version of a record as clients know it, of its row. */
export function recordOf(id: string, { body, ...row }: RecordColumns): SealedRecord {
  return { ...headOf(id, row), body: AesSealed.parse(body) }
}

/** The same without its body. */
export function headOf(id: string, row: Omit<RecordColumns, 'body'>): Omit<SealedRecord, 'body'> {
  return {
    suite: SUITE,
    id: RecordId.parse(id),
    folderId: FolderId.parse(row.folder_id),
    keyEpoch: row.key_epoch,
    version: row.version,
    author: UserId.parse(row.author),
    modifiedAt: row.modified_at,
    meta: AesSealed.parse(row.meta),
  }
}

/** What every written version keeps to. @throws AppError `invalid_value` */
export function requireAuthored(record: SealedRecord, key: SealedRecordKey | undefined, by: { userId: string }): void {
  if (record.author !== by.userId) throw new AppError('invalid_value', 'The author of a version is whoever writes it.')
  if (key === undefined) return
  if (key.recordId !== record.id || key.epoch !== record.keyEpoch || key.folderId !== record.folderId) {
    throw new AppError('invalid_value', 'The key is of another record, epoch or folder than the version that it seals.')
  }
}

/** Keeps record keys, in place of those of the same epochs. */
export async function putRecordKeys(trx: Trx, keys: readonly SealedRecordKey[]): Promise<void> {
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const part = keys.slice(at, at + KEYS_AT_ONCE)
    await trx
      .insertInto('record_keys')
      .values(
        part.map(({ recordId, epoch, folderId, folderEpoch, sealed }) => ({
          record_id: recordId,
          epoch,
          folder_id: folderId,
          folder_epoch: folderEpoch,
          sealed,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['record_id', 'epoch']).doUpdateSet((eb) => ({
          folder_id: eb.ref('excluded.folder_id'),
          folder_epoch: eb.ref('excluded.folder_epoch'),
          sealed: eb.ref('excluded.sealed'),
        })),
      )
      .execute()
  }
}

/** Notes that a record left a folder, for whoever keeps a copy of it. */
export async function noteGone(trx: Trx, folderId: string, recordId: string, revision: number): Promise<void> {
  await trx
    .insertInto('gone_records')
    .values({ folder_id: folderId, record_id: recordId, revision })
    .onConflict((conflict) => conflict.columns(['folder_id', 'record_id']).doUpdateSet({ revision }))
    .execute()
}

/** Everything that hangs on a record, and the record. */
export async function removeRecord(trx: Trx, recordId: string): Promise<void> {
  const attachments = trx.selectFrom('attachments').select('id').where('record_id', '=', recordId)
  await trx.deleteFrom('attachment_chunks').where('attachment_id', 'in', attachments).execute()
  for (const table of ['attachments', 'record_versions', 'record_keys', 'record_opens'] as const) {
    await trx.deleteFrom(table).where('record_id', '=', recordId).execute()
  }
  await trx.deleteFrom('records').where('id', '=', recordId).execute()
}

/** A record's own row, after its folder was locked. @throws AppError `not_found` where it is in another folder by now */
export async function findIn(trx: Trx, recordId: string, folderId: string): Promise<Selectable<Database['records']>> {
  const row = await trx.selectFrom('records').selectAll().where('id', '=', recordId).where('folder_id', '=', folderId).executeTakeFirst()
  return row ?? missingRecord(recordId)
}

/** Clocks of clients may be off; a version from far ahead is refused, because it would look newest for ever. */
export function requirePlausible({ modifiedAt }: SealedRecord, at: Millis): void {
  const day = 24 * 60 * 60 * 1000
  if (modifiedAt > at + day)
    throw new AppError('invalid_value', 'This device’s clock is more than a day ahead: set it right, then save again.')
}

export function missingRecord(recordId: string): never {
  throw new AppError('not_found', `There is no record ${recordId.slice(0, 100)} that you can open.`)
}
