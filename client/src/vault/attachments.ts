import { completeAttachment, putChunk, readChunk, removeAttachment, startAttachment } from '@claviger/contract/api/attachments.ts'
import { CHUNK_BYTES, chunkSize, chunksOf, MOST_ATTACHMENT_BYTES } from '@claviger/contract/attachment.ts'
import { type Bytes, utf8 } from '@claviger/contract/bytes.ts'
import { AttachmentId, type RecordId } from '@claviger/contract/ids.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { inBatches } from '../in-batches.ts'
import { openChunk, sealAttachment, sealChunk } from '../keys/attachment.ts'
import type { RecordKey } from '../keys/record-key.ts'
import { newId } from '../new-id.ts'
import type { Contents } from './contents.ts'
import { AttachmentMeta, type OpenAttachment, readWhole, type WholeRecord } from './read-record.ts'
import { writableFolder } from './writable.ts'
import { isDue, save } from './write-record.ts'

/** Chunks that are sent at once. */
const CHUNKS_AT_ONCE = 4

/** Where an attachment's bytes come from: a file, or memory. A part is asked for when it is sent, and again after a break. */
export interface FileSource {
  /** Bytes. */
  readonly size: number
  /** The bytes from one place to before another. */
  read(from: number, to: number): Promise<Bytes>
}

/** A source in memory. */
export function sourceOf(bytes: Bytes): FileSource {
  return { size: bytes.length, read: async (from, to) => bytes.slice(from, to) }
}

/** How an upload comes along, and how it is stopped. One that was stopped can go on (`resume`) for a day. */
export interface UploadOptions {
  readonly onProgress?: (sent: number, of: number) => void
  readonly signal?: AbortSignal
}

/**
 * Adds a file to a record, chunk by chunk; others see it when it is there whole.
 * @throws ClientError `too_large`, `not_open`; ApiError `too_many`, `forbidden`
 */
export async function attach(
  contents: Contents,
  recordId: RecordId,
  meta: AttachmentMeta,
  source: FileSource,
  options: UploadOptions = {},
): Promise<OpenAttachment> {
  if (source.size > MOST_ATTACHMENT_BYTES) throw new ClientError('too_large', 'An attachment holds at most 100 MiB.')
  const record = await withFreshKey(contents, recordId)
  const { enterprise, userId: author } = contents.account.owner
  const { key } = record
  const fields = { id: newId(AttachmentId), recordId, keyEpoch: key.epoch, author, size: source.size }
  const sealed = await sealAttachment(enterprise, fields, utf8(JSON.stringify(AttachmentMeta.parse(meta))), key)
  const file: OpenAttachment = { attachmentId: sealed.id, ...meta, size: sealed.size, complete: false, sealed, key }
  return upload(contents, file, source, options)
}

/** Goes on with an upload of one's own that was broken off. The source must be the same. @throws as `attach` */
export async function resume(
  contents: Contents,
  recordId: RecordId,
  attachmentId: AttachmentId,
  source: FileSource,
  options: UploadOptions = {},
): Promise<OpenAttachment> {
  const { files } = await readWhole(contents, recordId)
  const file = files.find((candidate) => candidate.attachmentId === attachmentId)
  if (file === undefined || file.complete || file.size !== source.size) {
    throw new ClientError('not_open', `The record ${recordId} has no unfinished upload ${attachmentId} of this length.`)
  }
  return upload(contents, file, source, options)
}

/** The bytes of an attachment, chunk by chunk, each checked before it is given. @throws ClientError `cannot_open`; ApiError */
export async function* readChunks(contents: Contents, { sealed, key }: OpenAttachment): AsyncGenerator<Bytes, void> {
  const { enterprise } = contents.account.owner
  for (let position = 0; position < chunksOf(sealed.size); position++) {
    const chunk = await call(contents.account.connection, readChunk, { id: sealed.id, position })
    yield await openChunk(enterprise, sealed, position, chunk.sealed, key)
  }
}

/** The whole of an attachment in memory. @throws as `readChunks` */
export async function readFile(contents: Contents, file: OpenAttachment): Promise<Bytes> {
  const whole = new Uint8Array(file.size)
  let at = 0
  for await (const chunk of readChunks(contents, file)) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Removes an attachment, or an upload that is not to go on. */
export async function detach(contents: Contents, { attachmentId }: OpenAttachment): Promise<void> {
  await call(contents.account.connection, removeAttachment, { id: attachmentId })
}

/** An attachment is sealed with the record's key, so one that somebody who left could have is replaced first. */
async function withFreshKey(contents: Contents, recordId: RecordId): Promise<WholeRecord & { key: RecordKey }> {
  const record = await readWhole(contents, recordId)
  await writableFolder(contents, record.folderId)
  if (!isDue(contents, record)) return record
  const saved = await save(contents, record, record)
  if (saved.kind === 'conflict') return withFreshKey(contents, recordId)
  return { ...record, ...saved.record }
}

async function upload(contents: Contents, file: OpenAttachment, source: FileSource, options: UploadOptions): Promise<OpenAttachment> {
  const { connection } = contents.account
  const { sealed, attachmentId: id } = file
  const { missing } = await call(connection, startAttachment, sealed)
  let done = chunksOf(file.size) - missing.length
  await inBatches(
    missing,
    async (position) => {
      options.signal?.throwIfAborted()
      await sendChunk(contents, file, source, position)
      done += 1
      options.onProgress?.(Math.min(file.size, done * CHUNK_BYTES), file.size)
    },
    CHUNKS_AT_ONCE,
  )
  options.signal?.throwIfAborted()
  await call(connection, completeAttachment, { id })
  return { ...file, complete: true }
}

async function sendChunk({ account }: Contents, { sealed, key }: OpenAttachment, source: FileSource, position: number): Promise<void> {
  const from = position * CHUNK_BYTES
  const bytes = await source.read(from, from + chunkSize(sealed.size, position))
  const chunk = await sealChunk(account.owner.enterprise, sealed, position, bytes, key)
  await call(account.connection, putChunk, { id: sealed.id, position, sealed: chunk })
}
