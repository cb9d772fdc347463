import { chunkSize, chunksOf, MOST_ATTACHMENTS, type SealedAttachment } from '@claviger/contract/attachment.ts'
import type { Selectable } from 'kysely'
import { AppError } from '../errors.ts'
import type { Database, Db, Millis, Trx } from '../storage/database.ts'
import { findIn } from './record-rows.ts'
import { lockFolder, requireInUse, requireRole, type VaultCaller } from './role.ts'
import { folderOf, tellOfRecord } from './write-records.ts'

/** What AES-256-GCM adds to a plaintext: nonce and tag. */
const SEALING_BYTES = 28
/** Uploads that are removed in one transaction. */
const AT_ONCE = 20
/** An upload that has not come to its end after this is given up. */
const UPLOAD_MILLIS: Millis = 24 * 60 * 60 * 1000
const MOST_META = 4 * 1024

type Row = Selectable<Database['attachments']>

/**
 * Begins an upload, or goes on with one that the caller began with the same fields. @returns the chunks still to come
 * @throws AppError `conflict`, `too_many`, `invalid_value`, as requireRole
 */
export async function startAttachment(trx: Trx, caller: VaultCaller, wanted: SealedAttachment, at: Millis): Promise<number[]> {
  const folder = await lockFolder(trx, caller, await folderOf(trx, wanted.recordId), 'edit')
  requireInUse(folder)
  const record = await findIn(trx, wanted.recordId, folder.id)
  if (wanted.author !== caller.userId) throw new AppError('invalid_value', 'The author of an attachment is whoever adds it.')
  if (wanted.meta.length > MOST_META) throw new AppError('invalid_value', 'The name of an attachment is too long.')
  const begun = await trx.selectFrom('attachments').selectAll().where('id', '=', wanted.id).executeTakeFirst()
  if (begun !== undefined) return missingOf(trx, requireSame(begun, wanted))
  if (record.key_epoch !== wanted.keyEpoch) throw new AppError('conflict', 'The record has another key: sync, then add the attachment.')
  await requireRoom(trx, wanted.recordId)
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('attachments')
    .values({
      id: wanted.id,
      record_id: wanted.recordId,
      key_epoch: wanted.keyEpoch,
      author: wanted.author,
      meta: wanted.meta,
      size: wanted.size,
      chunks: chunksOf(wanted.size),
      state: 'uploading',
      created_at: at,
    })
    // Two records at once with one id.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw taken(wanted.id)
  return Array.from({ length: chunksOf(wanted.size) }, (_, position) => position)
}

/** Puts a chunk into its place. @throws AppError `not_found`, `conflict` after the end, `invalid_value` for a wrong length or place */
export async function putChunk(trx: Trx, caller: VaultCaller, id: string, position: number, sealed: string): Promise<void> {
  const row = await requireUpload(trx, caller, id)
  if (position >= row.chunks) throw new AppError('invalid_value', `This attachment has ${row.chunks} chunks.`)
  const expected = Math.ceil(((chunkSize(row.size, position) + SEALING_BYTES) * 4) / 3)
  if (sealed.length !== expected) throw new AppError('invalid_value', 'This chunk has not the length that its place has.')
  await trx
    .insertInto('attachment_chunks')
    .values({ attachment_id: id, position, sealed })
    .onConflict((conflict) => conflict.columns(['attachment_id', 'position']).doUpdateSet({ sealed }))
    .execute()
}

/** Ends an upload. Ending it twice does nothing. @throws AppError `conflict` where chunks are missing */
export async function completeAttachment(trx: Trx, caller: VaultCaller, id: string, at: Millis): Promise<void> {
  const known = await find(trx, id)
  const folder = await lockFolder(trx, caller, await folderOf(trx, known.record_id), 'edit')
  const row = await find(trx, id)
  if (row.author !== caller.userId) throw new AppError('forbidden', 'Only who began an upload may end it.')
  if (row.state === 'complete') return
  const missing = await missingOf(trx, row)
  if (missing.length > 0) throw new AppError('conflict', `${missing.length} chunks of this attachment are missing: put them first.`)
  await trx.updateTable('attachments').set({ state: 'complete' }).where('id', '=', id).execute()
  await trx.updateTable('records').set({ revision: folder.revision }).where('id', '=', row.record_id).execute()
  await tellOfRecord(trx, caller, folder.id, row.record_id, 'attachment.added', at, { attachment: id, size: row.size })
}

/** The record that an attachment, complete or the caller's own upload, is of. @throws AppError `not_found`, as requireRole */
export async function recordOfAttachment(db: Db, caller: VaultCaller, id: string): Promise<string> {
  const row = await find(db, id)
  if (row.state === 'uploading' && row.author !== caller.userId) missingAttachment(id)
  await requireRole(db, caller, await folderOf(db, row.record_id), 'view')
  return row.record_id
}

/** @throws AppError `not_found` */
export async function readChunk(db: Db, id: string, position: number): Promise<string> {
  const chunk = await db
    .selectFrom('attachment_chunks')
    .select('sealed')
    .where('attachment_id', '=', id)
    .where('position', '=', position)
    .executeTakeFirst()
  return chunk?.sealed ?? missingAttachment(id)
}

/** Removes an attachment or an upload. @throws AppError `not_found`, as requireRole */
export async function removeAttachment(trx: Trx, caller: VaultCaller, id: string, at: Millis): Promise<void> {
  const row = await find(trx, id)
  const folder = await lockFolder(trx, caller, await folderOf(trx, row.record_id), 'edit')
  await removeRows(trx, [id])
  await trx.updateTable('records').set({ revision: folder.revision }).where('id', '=', row.record_id).execute()
  await tellOfRecord(trx, caller, folder.id, row.record_id, 'attachment.removed', at, { attachment: id })
}

/** Removes uploads that were begun more than a day ago and never ended, at most 20. A job. @returns how many */
export async function expireUploads(trx: Trx, now: Millis): Promise<number> {
  const stale = await trx
    .selectFrom('attachments')
    .select('id')
    .where('state', '=', 'uploading')
    .where('created_at', '<', now - UPLOAD_MILLIS)
    .limit(AT_ONCE)
    .execute()
  if (stale.length > 0)
    await removeRows(
      trx,
      stale.map(({ id }) => id),
    )
  return stale.length
}

async function removeRows(trx: Trx, ids: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('attachment_chunks')
    .where('attachment_id', 'in', [...ids])
    .execute()
  await trx
    .deleteFrom('attachments')
    .where('id', 'in', [...ids])
    .execute()
}

async function requireUpload(trx: Trx, caller: VaultCaller, id: string): Promise<Row> {
  // Held, so that no chunk changes after the end.
  const row = await trx
    .updateTable('attachments')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined || row.author !== caller.userId) missingAttachment(id)
  await requireRole(trx, caller, await folderOf(trx, row.record_id), 'edit')
  if (row.state === 'complete') throw new AppError('conflict', 'This attachment is complete: remove it and add another.')
  return row
}

async function find(db: Db | Trx, id: string): Promise<Row> {
  const row = await db.selectFrom('attachments').selectAll().where('id', '=', id).executeTakeFirst()
  return row ?? missingAttachment(id)
}

function requireSame(begun: Row, wanted: SealedAttachment): Row {
  const same =
    begun.record_id === wanted.recordId &&
    begun.author === wanted.author &&
    begun.key_epoch === wanted.keyEpoch &&
    begun.size === wanted.size &&
    begun.meta === wanted.meta &&
    begun.state === 'uploading'
  if (!same) throw taken(begun.id)
  return begun
}

function taken(id: string): AppError {
  return new AppError('uniqueness', `There is another attachment ${id} already.`)
}

async function missingOf(trx: Trx, { id, chunks }: Row): Promise<number[]> {
  const rows = await trx.selectFrom('attachment_chunks').select('position').where('attachment_id', '=', id).execute()
  const present = new Set(rows.map(({ position }) => position))
  return Array.from({ length: chunks }, (_, position) => position).filter((position) => !present.has(position))
}

async function requireRoom(trx: Trx, recordId: string): Promise<void> {
  const rows = await trx.selectFrom('attachments').select('id').where('record_id', '=', recordId).execute()
  if (rows.length >= MOST_ATTACHMENTS) throw new AppError('too_many', `A record has at most ${MOST_ATTACHMENTS} attachments.`)
}

function missingAttachment(id: string): never {
  throw new AppError('not_found', `There is no attachment ${id.slice(0, 100)} that you can open.`)
}
