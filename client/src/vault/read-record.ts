import { readHistory, readRecord, readVersion } from '@claviger/contract/api/records.ts'
import type { SealedAttachment } from '@claviger/contract/attachment.ts'
import { readUtf8 } from '@claviger/contract/bytes.ts'
import type { SealedRecord } from '@claviger/contract/envelopes.ts'
import type { AttachmentId, FolderId, RecordId, UserId } from '@claviger/contract/ids.ts'
import { readShape } from '@claviger/contract/shape.ts'
import { z } from 'zod'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { openAttachmentMeta } from '../keys/attachment.ts'
import type { FolderKey } from '../keys/folder-key.ts'
import { openRecordPart } from '../keys/record.ts'
import type { RecordKey } from '../keys/record-key.ts'
import { requireNotOlder } from '../keys/seen.ts'
import { type Contents, folderOf, type OpenRecord, recordOf } from './contents.ts'
import { readBody, readMeta } from './record-content.ts'
import type { RecordBody, RecordMeta } from './record-types.ts'
import { rememberSeen } from './seen-versions.ts'
import { keyOfHead, requireIn, sync } from './sync.ts'

/** What is sealed of an attachment besides its bytes. */
export const AttachmentMeta = z.strictObject({ name: z.string().min(1).max(255), mediaType: z.string().max(255) })
export type AttachmentMeta = z.infer<typeof AttachmentMeta>

/** A file of a record; its bytes are read on their own (attachments.ts). */
export interface OpenAttachment extends AttachmentMeta {
  readonly attachmentId: AttachmentId
  /** Bytes. */
  readonly size: number
  /** false: an upload of one's own that was not ended. */
  readonly complete: boolean
  readonly sealed: SealedAttachment
  readonly key: RecordKey
}

/** A whole record. */
export interface WholeRecord extends OpenRecord {
  readonly body: RecordBody
  readonly files: readonly OpenAttachment[]
}

/** A version of a record before the present one, as its history lists it. */
export interface OldVersion {
  readonly version: number
  readonly meta: RecordMeta
  readonly author: UserId
  readonly modifiedAt: number
}

type HeadKey = Parameters<typeof keyOfHead>[0]['key']

/**
 * Opens a record. The server notes that it was.
 * @throws ClientError `cannot_open`, `rolled_back`, `not_open`; ContractError `malformed`; ApiError `not_found` once access is lost
 */
export async function readWhole(contents: Contents, recordId: RecordId): Promise<WholeRecord> {
  const answer = await call(contents.account.connection, readRecord, { id: recordId })
  const { record, changeDue, binnedAt, attachments } = answer
  const folderKey = await folderKeyFor(contents, recordId, answer.key, record.folderId)
  requireSame(recordId, record)
  requireIn(folderKey.folderId, record)
  requireNotOlder(contents.account.profile.seen, 'record', recordId, record.version)
  const key = await keyOfHead({ ...record, key: answer.key }, folderKey, recordOf(contents, recordId).key)
  const { meta, body, keyFrom } = await openParts(folderKey, record, key)
  const files = await Promise.all(attachments.map((file) => openFile(folderKey, recordId, file, key)))
  const { folderId, version, author, modifiedAt } = record
  const count = files.filter(({ complete }) => complete).length
  const head = { recordId, folderId, version, meta, author, modifiedAt, changeDue, binnedAt, attachments: count, key, keyFrom }
  contents.records.set(recordId, head)
  await rememberSeen(contents.account, [], [head])
  return { ...head, body, files }
}

/** The versions before the present one, newest first. @throws as `readWhole` */
export async function historyOf(contents: Contents, recordId: RecordId): Promise<OldVersion[]> {
  const { versions } = await call(contents.account.connection, readHistory, { id: recordId })
  const opened = versions.map(async ({ version: record, key: wrap }) => {
    const folderKey = await folderKeyFor(contents, recordId, wrap)
    requireSame(recordId, record)
    const key = await keyOfHead({ ...record, key: wrap }, folderKey, recordOf(contents, recordId).key)
    const { meta } = readMeta(await openRecordPart(folderKey.enterprise, record, 'meta', key))
    return { version: record.version, meta, author: record.author, modifiedAt: record.modifiedAt }
  })
  return Promise.all(opened)
}

/** One of them whole. @throws as `readWhole` */
export async function readOld(contents: Contents, recordId: RecordId, version: number): Promise<OldVersion & { body: RecordBody }> {
  const answer = await call(contents.account.connection, readVersion, { id: recordId, version })
  const { record } = answer
  const folderKey = await folderKeyFor(contents, recordId, answer.key)
  requireSame(recordId, record)
  if (record.version !== version) throw new ClientError('cannot_open', `The server gave version ${record.version} for version ${version}.`)
  const key = await keyOfHead({ ...record, key: answer.key }, folderKey, recordOf(contents, recordId).key)
  const { meta, body } = await openParts(folderKey, record, key)
  return { version, meta, body, author: record.author, modifiedAt: record.modifiedAt }
}

/**
 * The key of the folder that the record is in. Where that had another key since the last sync, or the record was moved into
 * `folderId`, this is made up for.
 */
async function folderKeyFor(contents: Contents, recordId: RecordId, { folderEpoch }: HeadKey, folderId?: FolderId): Promise<FolderKey> {
  const known = contents.records.get(recordId)
  const isThere = known !== undefined && (folderId === undefined || known.folderId === folderId)
  if (!isThere || contents.folders.get(known.folderId)?.key.epoch !== folderEpoch) await sync(contents)
  return folderOf(contents, recordOf(contents, recordId).folderId).key
}

async function openParts({ enterprise }: FolderKey, record: SealedRecord, key: RecordKey) {
  const { meta, keyFrom } = readMeta(await openRecordPart(enterprise, record, 'meta', key))
  const body = readBody(await openRecordPart(enterprise, record, 'body', key))
  return { meta, keyFrom, body }
}

async function openFile(
  folderKey: FolderKey,
  recordId: RecordId,
  { attachment: sealed, key: wrap, complete }: { attachment: SealedAttachment; key: HeadKey; complete: boolean },
  known: RecordKey,
): Promise<OpenAttachment> {
  const key = await keyOfHead({ id: recordId, keyEpoch: sealed.keyEpoch, key: wrap }, folderKey, known)
  const text = readUtf8(await openAttachmentMeta(folderKey.enterprise, sealed, key))
  const { name, mediaType } = readShape(AttachmentMeta, JSON.parse(text), 'what is said of an attachment')
  return { attachmentId: sealed.id, name, mediaType, size: sealed.size, complete, sealed, key }
}

function requireSame(recordId: RecordId, record: { id: RecordId }): void {
  if (record.id !== recordId) throw new ClientError('cannot_open', `The server gave the record ${record.id} for ${recordId}.`)
}
