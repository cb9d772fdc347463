import type { Action } from '@claviger/contract/api/console/actions.ts'
import { KEPT_VERSIONS } from '@claviger/contract/api/records.ts'
import { MOST_RECORD_KEYS } from '@claviger/contract/api/vault.ts'
import type { SealedRecord, SealedRecordKey } from '@claviger/contract/envelopes.ts'
import type { Selectable } from 'kysely'
import { record as audit } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Database, Db, Millis, Trx } from '../storage/database.ts'
import { tell } from './folders.ts'
import { columnsOf, missingRecord, putRecordKeys, requireAuthored, requirePlausible } from './record-rows.ts'
import { type FolderState, lockFolder, requireEpoch, requireInUse, type VaultCaller } from './role.ts'

/** A record and the key that seals it. */
export interface NewRecord {
  readonly record: SealedRecord
  readonly key: SealedRecordKey
}

/**
 * Adds records to a folder, all or none. @throws AppError `uniqueness` for an id that is taken, `conflict` where the folder
 * has a newer key, `invalid_value`, `too_many`, as requireRole
 */
export async function addRecords(
  trx: Trx,
  caller: VaultCaller,
  folderId: string,
  added: readonly NewRecord[],
  at: Millis,
): Promise<{ revision: number }> {
  const folder = await lockFolder(trx, caller, folderId, 'edit')
  requireInUse(folder)
  for (const { record, key } of added) requireNew(folder, record, key, caller, at)
  await requireRoom(trx, folderId, added.length)
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('records')
    .values(
      added.map(({ record }) => ({
        id: record.id,
        ...columnsOf(record),
        revision: folder.revision,
        change_due: 0 as const,
        created_at: at,
        deleted_at: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== BigInt(added.length))
    throw new AppError('uniqueness', 'One of these records exists already: sync to see it.')
  await putRecordKeys(
    trx,
    added.map(({ key }) => key),
  )
  const [first] = added
  if (added.length > 1 || first === undefined) await tell(trx, caller, folderId, 'records.added', at, { count: added.length })
  else await tellOfRecord(trx, caller, folderId, first.record.id, 'record.added', at)
  return { revision: folder.revision }
}

/**
 * Keeps the next version of a record, and the one before in its history.
 * @throws AppError `version_mismatch` where another version came first: nothing is changed; `conflict` where the record
 * needs a new key, or the folder has one; `not_found`, `forbidden`, `invalid_value`
 */
export async function saveRecord(
  trx: Trx,
  caller: VaultCaller,
  { record, key, settled }: { record: SealedRecord; key: SealedRecordKey | undefined; settled: boolean },
  at: Millis,
): Promise<{ revision: number }> {
  requireAuthored(record, key, caller)
  requirePlausible(record, at)
  const folder = await lockFolder(trx, caller, record.folderId, 'edit')
  requireInUse(folder)
  const before = await find(trx, record.id)
  if (before.folder_id !== folder.id)
    throw new AppError('version_mismatch', 'Somebody else moved this record to another folder: sync to see where it is.')
  if (before.deleted_at !== null) throw new AppError('conflict', 'This record is in the bin: restore it first.')
  requireNext(before, record)
  requireKey(folder, before, record, key)
  await keepVersion(trx, before)
  await trx
    .updateTable('records')
    .set({ ...columnsOf(record), revision: folder.revision, ...(settled && { change_due: 0 as const }) })
    .where('id', '=', record.id)
    .execute()
  if (key !== undefined) await putRecordKeys(trx, [key])
  await trimHistory(trx, record.id, record.version)
  await tellOfRecord(trx, caller, folder.id, record.id, 'record.saved', at, { version: record.version })
  return { revision: folder.revision }
}

async function find(trx: Trx, recordId: string): Promise<Selectable<Database['records']>> {
  const row = await trx.selectFrom('records').selectAll().where('id', '=', recordId).executeTakeFirst()
  return row ?? missingRecord(recordId)
}

/** @throws AppError `version_mismatch` */
export function requireNext(before: { version: number }, record: SealedRecord): void {
  if (record.version === before.version + 1) return
  throw new AppError(
    'version_mismatch',
    `Somebody else saved version ${before.version} of this record: look at it, then save yours over it or as a copy.`,
  )
}

/** Puts the present version into the history. */
export async function keepVersion(trx: Trx, before: Selectable<Database['records']>): Promise<void> {
  const { version, folder_id, key_epoch, author, modified_at, meta, body } = before
  await trx
    .insertInto('record_versions')
    .values({ record_id: before.id, version, folder_id, key_epoch, author, modified_at, meta, body })
    .execute()
}

/** Where a record is now. @throws AppError `not_found` */
export async function folderOf(db: Db | Trx, recordId: string): Promise<string> {
  const row = await db.selectFrom('records').select('folder_id').where('id', '=', recordId).executeTakeFirst()
  return row?.folder_id ?? missingRecord(recordId)
}

export async function tellOfRecord(
  trx: Trx,
  { enterpriseId, actor }: VaultCaller,
  folderId: string,
  recordId: string,
  action: Action,
  at: Millis,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await audit(trx, { enterpriseId, at, actor, action, subjectKind: 'record', subjectId: recordId, detail: { folder: folderId, ...detail } })
  await announce(trx, { enterpriseId, kind: 'folder', subjectId: folderId, at })
}

/** Who opened what, once for each person and record until it is changed for somebody who left. Screens need not know. */
export async function tellOfOpen(
  trx: Trx,
  { enterpriseId, actor }: VaultCaller,
  folderId: string,
  recordId: string,
  at: Millis,
): Promise<void> {
  const detail = { folder: folderId }
  await audit(trx, { enterpriseId, at, actor, action: 'record.opened', subjectKind: 'record', subjectId: recordId, detail })
}

function requireNew(folder: FolderState, record: SealedRecord, key: SealedRecordKey, caller: VaultCaller, at: Millis): void {
  requireAuthored(record, key, caller)
  requirePlausible(record, at)
  requireEpoch(folder, key.folderEpoch)
  if (record.folderId !== folder.id || record.version !== 1 || record.keyEpoch !== 1) {
    throw new AppError('invalid_value', 'A new record is of this folder, in version 1, under its key of epoch 1.')
  }
}

/** The key that the record has, or with a new epoch the one after it. */
function requireKey(
  folder: FolderState,
  before: Selectable<Database['records']>,
  record: SealedRecord,
  key: SealedRecordKey | undefined,
): void {
  const expected = before.key_epoch + (key === undefined ? 0 : 1)
  if (record.keyEpoch !== expected)
    throw new AppError('invalid_value', `This version is to be sealed with the record’s key of epoch ${expected}.`)
  if (key !== undefined) requireEpoch(folder, key.folderEpoch)
  if (key === undefined && before.change_due === 1) {
    throw new AppError('conflict', 'Somebody who opened this record lost access: sync, then save it under a new key.')
  }
}

async function requireRoom(trx: Trx, folderId: string, more: number): Promise<void> {
  const { keys } = await trx
    .selectFrom('record_keys')
    .select((eb) => eb.fn.countAll<number>().as('keys'))
    .where('folder_id', '=', folderId)
    .executeTakeFirstOrThrow()
  // Every save may add a key, so new records leave room for those.
  if (Number(keys) + more > MOST_RECORD_KEYS / 2) throw new AppError('too_many', 'This folder is full: put new records into another one.')
}

/** Drops versions past those that are kept, and keys that nothing needs any more. */
async function trimHistory(trx: Trx, recordId: string, version: number): Promise<void> {
  if (version <= KEPT_VERSIONS + 1) return
  await trx
    .deleteFrom('record_versions')
    .where('record_id', '=', recordId)
    .where('version', '<', version - KEPT_VERSIONS)
    .execute()
  await trx
    .deleteFrom('record_keys')
    .where('record_id', '=', recordId)
    .where('epoch', 'not in', (eb) =>
      eb
        .selectFrom('records')
        .select('key_epoch')
        .where('id', '=', recordId)
        .union(eb.selectFrom('record_versions').select('key_epoch').where('record_id', '=', recordId))
        .union(eb.selectFrom('attachments').select('key_epoch').where('record_id', '=', recordId)),
    )
    .execute()
}
