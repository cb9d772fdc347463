import { HEADS_PAGE, type RecordHead } from '@claviger/contract/api/records.ts'
import type { GoneRecord } from '@claviger/contract/api/vault.ts'
import type { SealedRecord, SealedRecordKey } from '@claviger/contract/envelopes.ts'
import { FolderId, RecordId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { Db } from '../storage/database.ts'
import { headOf, missingRecord, recordOf } from './record-rows.ts'
import { requireRole, type VaultCaller } from './role.ts'
import { folderOf } from './write-records.ts'

/** A page of what changed in a folder. `next` null: that was all up to `revision`. */
export interface RecordsPage {
  revision: number
  records: RecordHead[]
  gone: GoneRecord[]
  next: { after: number; afterRecord: RecordId } | null
}

/**
 * The records of a folder that changed after a revision, at most 1,000, in the order of (revision, id), and all that left it
 * after that revision: read last, so that one that leaves meanwhile is among them. @throws AppError as requireRole
 */
export async function listRecords(
  db: Db,
  caller: VaultCaller,
  folderId: string,
  { after, afterRecord }: { after: number; afterRecord?: string | undefined },
): Promise<RecordsPage> {
  const folder = await requireRole(db, caller, folderId, 'view')
  const rows = await heads(db)
    .where('r.folder_id', '=', folderId)
    .where((eb) =>
      afterRecord === undefined
        ? eb('r.revision', '>', after)
        : eb.and([eb('r.revision', '>=', after), eb.or([eb('r.revision', '>', after), eb('r.id', '>', afterRecord)])]),
    )
    .orderBy('r.revision')
    .orderBy('r.id')
    .limit(HEADS_PAGE)
    .execute()
  const last = rows.length === HEADS_PAGE ? rows.at(-1) : undefined
  const counts = await countAttachments(db, folderId)
  const records = rows.map((row) => ({
    ...headOf(row.id, row),
    key: { folderEpoch: row.folder_epoch, sealed: AesSealed.parse(row.sealed) },
    revision: row.revision,
    changeDue: row.change_due === 1,
    createdAt: row.created_at,
    binnedAt: row.deleted_at,
    attachments: counts.get(row.id) ?? 0,
  }))
  const next = last === undefined ? null : { after: last.revision, afterRecord: RecordId.parse(last.id) }
  return { revision: folder.revision, records, gone: await goneAfter(db, folderId, after), next }
}

function heads(db: Db) {
  return db
    .selectFrom('records as r')
    .innerJoin('record_keys as k', (join) => join.onRef('k.record_id', '=', 'r.id').onRef('k.epoch', '=', 'r.key_epoch'))
    .select([
      'r.id',
      'r.folder_id',
      'r.version',
      'r.key_epoch',
      'r.author',
      'r.modified_at',
      'r.meta',
      'r.revision',
      'r.change_due',
      'r.created_at',
      'r.deleted_at',
      'k.folder_epoch',
      'k.sealed',
    ])
}

/** Only a page's records could be asked for; but attachments are few, and one query does. */
async function countAttachments(db: Db, folderId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('attachments as a')
    .innerJoin('records as r', 'r.id', 'a.record_id')
    .select((eb) => ['a.record_id', eb.fn.countAll<number>().as('count')])
    .where('r.folder_id', '=', folderId)
    .where('a.state', '=', 'complete')
    .groupBy('a.record_id')
    .execute()
  return new Map(rows.map((row) => [row.record_id, Number(row.count)]))
}

/** A reader who begins has nothing to drop. */
async function goneAfter(db: Db, folderId: string, after: number): Promise<GoneRecord[]> {
  if (after === 0) return []
  const rows = await db
    .selectFrom('gone_records')
    .select(['record_id', 'revision'])
    .where('folder_id', '=', folderId)
    .where('revision', '>', after)
    .orderBy('revision')
    .execute()
  return rows.map((row) => ({ recordId: RecordId.parse(row.record_id), revision: row.revision }))
}

/** The versions of a record before the present one, newest first, each with its key. @throws AppError as requireRole */
export async function readHistory(db: Db, caller: VaultCaller, recordId: string) {
  await requireRole(db, caller, await folderOf(db, recordId), 'view')
  const rows = await db
    .selectFrom('record_versions as v')
    .innerJoin('record_keys as k', (join) => join.onRef('k.record_id', '=', 'v.record_id').onRef('k.epoch', '=', 'v.key_epoch'))
    .select(['v.version', 'v.folder_id', 'v.key_epoch', 'v.author', 'v.modified_at', 'v.meta', 'k.folder_epoch', 'k.sealed'])
    .where('v.record_id', '=', recordId)
    .orderBy('v.version', 'desc')
    .execute()
  return rows.map((row) => ({
    version: headOf(recordId, row),
    key: { folderEpoch: row.folder_epoch, sealed: AesSealed.parse(row.sealed) },
  }))
}

/** One superseded version whole. Who reads it is noted beforehand (opens.ts). @throws AppError `not_found` */
export async function readVersion(
  db: Db,
  recordId: string,
  version: number,
): Promise<{ record: SealedRecord; key: { folderEpoch: number; sealed: AesSealed } }> {
  const row = await db
    .selectFrom('record_versions as v')
    .innerJoin('record_keys as k', (join) => join.onRef('k.record_id', '=', 'v.record_id').onRef('k.epoch', '=', 'v.key_epoch'))
    .select(['v.version', 'v.folder_id', 'v.key_epoch', 'v.author', 'v.modified_at', 'v.meta', 'v.body', 'k.folder_epoch', 'k.sealed'])
    .where('v.record_id', '=', recordId)
    .where('v.version', '=', version)
    .executeTakeFirst()
  if (row === undefined) missingRecord(recordId)
  return { record: recordOf(recordId, row), key: { folderEpoch: row.folder_epoch, sealed: AesSealed.parse(row.sealed) } }
}

/** All keys of a record, in the order of epochs. @throws AppError as requireRole */
export async function readRecordKeys(db: Db, caller: VaultCaller, recordId: string): Promise<SealedRecordKey[]> {
  await requireRole(db, caller, await folderOf(db, recordId), 'edit')
  const rows = await db.selectFrom('record_keys').selectAll().where('record_id', '=', recordId).orderBy('epoch').execute()
  return rows.map((row) => ({
    suite: SUITE,
    recordId: RecordId.parse(row.record_id),
    epoch: row.epoch,
    folderId: FolderId.parse(row.folder_id),
    folderEpoch: row.folder_epoch,
    sealed: AesSealed.parse(row.sealed),
  }))
}
