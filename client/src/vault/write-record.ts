import { addRecords, binRecord, MOST_ADDED, moveRecord, readRecordKeys, saveRecord } from '@claviger/contract/api/records.ts'
import { type FolderId, RecordId } from '@claviger/contract/ids.ts'
import { ApiError, call } from '../api/call.ts'
import { inBatches } from '../in-batches.ts'
import { type RecordFields, sealRecord } from '../keys/record.ts'
import { makeRecordKey, type RecordKey, rewrapRecordKey, wrapRecordKey } from '../keys/record-key.ts'
import { newId } from '../new-id.ts'
import { type Contents, folderOf, type OpenRecord, recordOf } from './contents.ts'
import { readWhole, type WholeRecord } from './read-record.ts'
import { writeBody, writeMeta } from './record-content.ts'
import { type NewRecordBody, type NewRecordMeta, RecordBody, RecordMeta, secretsOf } from './record-types.ts'
import { rememberSeen } from './seen-versions.ts'
import { withNewestKey, writableFolder } from './writable.ts'

/** A record as a person writes it. */
export interface RecordContent {
  readonly meta: NewRecordMeta
  readonly body: NewRecordBody
}

/** What became of a save: done, or somebody else was first. Then nothing is changed, and both texts are there. */
export type Saved =
  | { readonly kind: 'saved'; readonly record: OpenRecord }
  | { readonly kind: 'conflict'; readonly theirs: WholeRecord; readonly mine: RecordContent }

/** Letters of ciphertext in one request, well below what the server takes. */
const MOST_LETTERS = 5_000_000

/** Adds records to a folder, in requests of at most 200, each of them all or none. @throws ClientError `not_open`; ApiError */
export async function addAll(contents: Contents, folderId: FolderId, added: readonly RecordContent[]): Promise<OpenRecord[]> {
  const records = added.map(({ meta, body }) => ({ recordId: newId(RecordId), meta: RecordMeta.parse(meta), body: RecordBody.parse(body) }))
  for (const { meta, body } of records) requireType(meta, body)
  for (let at = 0; at < records.length; ) at += await addSome(contents, folderId, records.slice(at, at + MOST_ADDED))
  return records.map(({ recordId }) => recordOf(contents, recordId))
}

interface Parsed {
  readonly recordId: RecordId
  readonly meta: RecordMeta
  readonly body: RecordBody
}

/** @returns how many of them fitted into the request */
async function addSome(contents: Contents, folderId: FolderId, records: readonly Parsed[]): Promise<number> {
  return withNewestKey(contents, async () => {
    const folder = await writableFolder(contents, folderId)
    const sealed = await inBatches(records, async (record) => {
      const key = await makeRecordKey({ recordId: record.recordId, epoch: 1 })
      const fields = fieldsOf(contents, record.recordId, folderId, key, 1)
      const { open, sealed } = await seal(contents, fields, record, key, folder.key.epoch)
      return { open, sent: { record: sealed, key: await wrapRecordKey(key, folder.key) } }
    })
    const fitting = sealed.slice(0, howManyFit(sealed.map(({ sent: { record } }) => record.meta.length + record.body.length)))
    await call(contents.account.connection, addRecords, { folder: folderId, records: fitting.map(({ sent }) => sent) })
    for (const { open } of fitting) contents.records.set(open.recordId, open)
    await rememberSeen(
      contents.account,
      [],
      fitting.map(({ open }) => open),
    )
    return fitting.length
  })
}

/** At least one: a single record always fits. */
function howManyFit(letters: readonly number[]): number {
  let sum = 0
  const tooMuch = letters.findIndex((length) => {
    sum += length
    return sum > MOST_LETTERS
  })
  return tooMuch === -1 ? letters.length : Math.max(1, tooMuch)
}

/**
 * Saves over the version that the person read. Where another was saved meanwhile, theirs and mine come back: save mine over
 * theirs (with `theirs` for `before`), or add it as a copy. A record whose key somebody who left could have, gets another.
 * @throws ClientError `not_open`; ApiError `forbidden`, `not_found`
 */
export async function save(contents: Contents, before: WholeRecord, { meta, body }: RecordContent): Promise<Saved> {
  const record = { recordId: before.recordId, meta: RecordMeta.parse(meta), body: RecordBody.parse(body) }
  requireType(record.meta, record.body)
  const settled = secretsOf(record.body).join('\0') !== secretsOf(before.body).join('\0')
  try {
    const saved = await withNewestKey(contents, () => saveOnce(contents, before, record, settled))
    return { kind: 'saved', record: saved }
  } catch (refusal) {
    if (!(refusal instanceof ApiError && refusal.code === 'version_mismatch')) throw refusal
    return { kind: 'conflict', theirs: await readWhole(contents, before.recordId), mine: { meta, body } }
  }
}

async function saveOnce(contents: Contents, before: WholeRecord, record: Parsed, settled: boolean): Promise<OpenRecord> {
  const folder = await writableFolder(contents, before.folderId)
  const isStale = isDue(contents, before)
  const key = isStale ? await makeRecordKey({ recordId: record.recordId, epoch: before.key.epoch + 1 }) : before.key
  const fields = fieldsOf(contents, record.recordId, before.folderId, key, before.version + 1)
  const { open, sealed } = await seal(contents, fields, record, key, isStale ? folder.key.epoch : before.keyFrom)
  await call(contents.account.connection, saveRecord, {
    id: record.recordId,
    record: sealed,
    ...(isStale && { key: await wrapRecordKey(key, folder.key) }),
    settled,
  })
  const changeDue = !settled && (contents.records.get(record.recordId)?.changeDue ?? before.changeDue)
  const saved = { ...open, changeDue, attachments: before.attachments }
  contents.records.set(record.recordId, saved)
  await rememberSeen(contents.account, [], [saved])
  return saved
}

/** Whether somebody who lost access may have had the record's key: they opened it, or the folder has another key since. */
export function isDue(contents: Contents, { recordId, folderId, keyFrom, changeDue }: OpenRecord): boolean {
  const isMarked = changeDue || contents.records.get(recordId)?.changeDue === true
  return isMarked || keyFrom < folderOf(contents, folderId).key.epoch
}

/** Moves a record to another folder, its history and attachments with it, under a key that the folder before has not. */
export async function move(contents: Contents, recordId: RecordId, target: FolderId): Promise<OpenRecord> {
  return withNewestKey(contents, async () => {
    const { body, files: _files, ...before } = await readWhole(contents, recordId)
    const [from, to] = [folderOf(contents, before.folderId), await writableFolder(contents, target)]
    const { keys } = await call(contents.account.connection, readRecordKeys, { id: recordId })
    const moved = keys.map((wrap) => rewrapRecordKey(wrap, { recordId, epoch: wrap.epoch }, from.key, to.key))
    const key = await makeRecordKey({ recordId, epoch: before.key.epoch + 1 })
    const fields = fieldsOf(contents, recordId, target, key, before.version + 1)
    const { open, sealed } = await seal(contents, fields, { recordId, meta: before.meta, body }, key, to.key.epoch)
    const all = [...(await Promise.all(moved)), await wrapRecordKey(key, to.key)]
    await call(contents.account.connection, moveRecord, { id: recordId, record: sealed, keys: all })
    const { changeDue, attachments } = before
    const arrived = { ...open, changeDue, attachments }
    contents.records.set(recordId, arrived)
    await rememberSeen(contents.account, [], [arrived])
    return arrived
  })
}

/** Into the bin, out of it, or gone for good. @throws ApiError `conflict`, `forbidden` */
export async function setBinned(contents: Contents, recordId: RecordId, act: 'bin' | 'restore' | 'purge'): Promise<void> {
  const record = recordOf(contents, recordId)
  await call(contents.account.connection, binRecord, { id: recordId, act })
  if (act === 'purge') contents.records.delete(recordId)
  else contents.records.set(recordId, { ...record, binnedAt: act === 'bin' ? Date.now() : null })
}

async function seal(contents: Contents, fields: RecordFields, { recordId, meta, body }: Parsed, key: RecordKey, keyFrom: number) {
  const { enterprise } = contents.account.owner
  const sealed = await sealRecord(enterprise, fields, { meta: writeMeta(meta, keyFrom), body: writeBody(body) }, key)
  const { folderId, version, author, modifiedAt } = fields
  const open: OpenRecord = {
    ...{ recordId, folderId, version, meta, author, modifiedAt, key, keyFrom },
    changeDue: false,
    binnedAt: null,
    attachments: 0,
  }
  return { open, sealed }
}

function fieldsOf({ account }: Contents, id: RecordId, folderId: FolderId, key: RecordKey, version: number): RecordFields {
  return { id, folderId, keyEpoch: key.epoch, version, author: account.owner.userId, modifiedAt: Date.now() }
}

function requireType(meta: RecordMeta, body: RecordBody): void {
  if (meta.type !== body.type) throw new TypeError('the two parts of a record are of one type')
}
