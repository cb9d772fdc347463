import type { SealedRecord, SealedRecordKey } from '@claviger/contract/envelopes.ts'
import { AppError } from '../errors.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { columnsOf, findIn, noteGone, putRecordKeys, removeRecord, requireAuthored, requirePlausible } from './record-rows.ts'
import { lockFolder, requireEpoch, requireInUse, type VaultCaller } from './role.ts'
import { folderOf, keepVersion, requireNext, tellOfRecord } from './write-records.ts'

/** Moves a record into the bin of its folder, or out of it. */
export async function setRecordBinned(trx: Trx, caller: VaultCaller, recordId: string, binned: boolean, at: Millis): Promise<void> {
  const folder = await lockFolder(trx, caller, await folderOf(trx, recordId), 'edit')
  const row = await findIn(trx, recordId, folder.id)
  if ((row.deleted_at !== null) === binned) return
  await trx
    .updateTable('records')
    .set({ deleted_at: binned ? at : null, revision: folder.revision })
    .where('id', '=', recordId)
    .execute()
  await tellOfRecord(trx, caller, folder.id, recordId, binned ? 'record.binned' : 'record.restored', at)
}

/** Removes a record that is in the bin, its history and attachments, for good. @throws AppError `conflict` where it is not in the bin */
export async function purgeRecord(trx: Trx, caller: VaultCaller, recordId: string, at: Millis): Promise<void> {
  const folder = await lockFolder(trx, caller, await folderOf(trx, recordId), 'manage')
  const row = await findIn(trx, recordId, folder.id)
  if (row.deleted_at === null) throw new AppError('conflict', 'Only a record in the bin can be purged: put it there first.')
  await removeRecord(trx, recordId)
  await noteGone(trx, folder.id, recordId, folder.revision)
  await tellOfRecord(trx, caller, folder.id, recordId, 'record.purged', at)
}

/**
 * Moves a record to another folder: its next version there, under a new key, with all its keys under that folder's. Its
 * history goes with it. @throws AppError `version_mismatch`, `conflict` where keys are missing or old, as requireRole of both
 */
export async function moveRecord(
  trx: Trx,
  caller: VaultCaller,
  record: SealedRecord,
  keys: readonly SealedRecordKey[],
  at: Millis,
): Promise<{ revision: number }> {
  requirePlausible(record, at)
  const from = await folderOf(trx, record.id)
  if (from === record.folderId) throw new AppError('invalid_value', 'The record is in this folder already.')
  // Both folders in one order: two who move records towards each other would else wait for each other.
  const folders = new Map<string, Awaited<ReturnType<typeof lockFolder>>>()
  for (const id of [from, record.folderId].toSorted()) folders.set(id, await lockFolder(trx, caller, id, 'edit'))
  const [source, target] = [folders.get(from), folders.get(record.folderId)]
  if (source === undefined || target === undefined) throw new Error('a locked folder was lost')
  requireInUse(target)
  const before = await findIn(trx, record.id, from)
  if (before.deleted_at !== null) throw new AppError('conflict', 'This record is in the bin: restore it first.')
  requireNext(before, record)
  for (const key of keys) requireEpoch(target, key.folderEpoch)
  const newest = keys.find(({ epoch }) => epoch === before.key_epoch + 1)
  if (newest === undefined || record.keyEpoch !== newest.epoch) throw new AppError('invalid_value', 'A record that moves gets a new key.')
  requireAuthored(record, newest, caller)
  await requireAllKeys(trx, record, newest.epoch, keys)
  await keepVersion(trx, before)
  await trx
    .updateTable('records')
    .set({ ...columnsOf(record), revision: target.revision })
    .where('id', '=', record.id)
    .execute()
  await putRecordKeys(trx, keys)
  await trx.deleteFrom('gone_records').where('folder_id', '=', target.id).where('record_id', '=', record.id).execute()
  await noteGone(trx, from, record.id, source.revision)
  await tellOfRecord(trx, caller, from, record.id, 'record.moved', at, { to: target.id })
  await tellOfRecord(trx, caller, target.id, record.id, 'record.arrived', at, { from })
  return { revision: target.revision }
}

async function requireAllKeys(trx: Trx, record: SealedRecord, newest: number, keys: readonly SealedRecordKey[]): Promise<void> {
  const rows = await trx.selectFrom('record_keys').select('epoch').where('record_id', '=', record.id).execute()
  const needed = new Set([...rows.map(({ epoch }) => epoch), newest])
  const given = keys.filter((key) => key.recordId === record.id && key.folderId === record.folderId)
  const complete = given.length === keys.length && keys.length === needed.size && keys.every(({ epoch }) => needed.delete(epoch))
  if (!complete) throw new AppError('conflict', 'The keys of the record changed meanwhile: read them again, then move it.')
}
