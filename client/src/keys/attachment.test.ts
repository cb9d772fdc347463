import { CHUNK_BYTES, type SealedAttachment } from '@claviger/contract/attachment.ts'
import { readUtf8, utf8 } from '@claviger/contract/bytes.ts'
import { AttachmentId, EnterpriseLogId, RecordId, UserId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { openAttachmentMeta, openChunk, sealAttachment, sealChunk } from './attachment.ts'
import { makeRecordKey } from './record-key.ts'
import { outcome } from './testing-enterprise.ts'

const logId = (byte: number) => EnterpriseLogId.parse(Buffer.alloc(32, byte).toString('base64url'))
const enterprise = logId(1)

async function start(size: number) {
  const key = await makeRecordKey({ recordId: newId(RecordId), epoch: 2 })
  const fields = { id: newId(AttachmentId), recordId: key.recordId, keyEpoch: 2, author: newId(UserId), size }
  const attachment = await sealAttachment(enterprise, fields, utf8('notes.txt'), key)
  return { key, fields, attachment }
}

test('an attachment’s name opens with its length, author, record and key alone', async () => {
  const { key, attachment } = await start(10)
  expect(readUtf8(await openAttachmentMeta(enterprise, attachment, key))).toBe('notes.txt')
  const lies: SealedAttachment[] = [
    { ...attachment, size: 9 },
    { ...attachment, author: newId(UserId) },
    { ...attachment, id: newId(AttachmentId) },
  ]
  for (const lie of lies) expect(await outcome(() => openAttachmentMeta(enterprise, lie, key))).toBe('cannot_open')
  expect(await outcome(() => openAttachmentMeta(logId(2), attachment, key))).toBe('cannot_open')
  for (const other of [
    { recordId: newId(RecordId), epoch: 2 },
    { recordId: key.recordId, epoch: 3 },
  ]) {
    expect(await outcome(() => openAttachmentMeta(enterprise, attachment, { ...key, ...other }))).toBe('cannot_open')
  }
})

test('a chunk opens in its own place of its own attachment, and the last one of a longer file ends no shorter one', async () => {
  const { key, attachment } = await start(2 * CHUNK_BYTES)
  const whole = new Uint8Array(CHUNK_BYTES).fill(7)
  const [first, last] = [await sealChunk(enterprise, attachment, 0, whole, key), await sealChunk(enterprise, attachment, 1, whole, key)]
  expect(await openChunk(enterprise, attachment, 0, first, key)).toEqual(whole)
  expect(await outcome(() => openChunk(enterprise, attachment, 1, first, key))).toBe('cannot_open')
  expect(await outcome(() => openChunk(enterprise, attachment, 0, last, key))).toBe('cannot_open')
  const { attachment: twin } = await start(2 * CHUNK_BYTES)
  expect(await outcome(() => openChunk(enterprise, { ...twin, recordId: attachment.recordId }, 0, first, key))).toBe('cannot_open')
  // Cut to its first chunk by the server.
  expect(await outcome(() => openChunk(enterprise, { ...attachment, size: CHUNK_BYTES }, 0, first, key))).toBe('cannot_open')
  // A name is no chunk.
  expect(await outcome(() => openChunk(enterprise, attachment, 0, attachment.meta, key))).toBe('cannot_open')
})

test('an empty attachment has one empty chunk, so that nobody can empty a file', async () => {
  const { key, attachment } = await start(0)
  const chunk = await sealChunk(enterprise, attachment, 0, new Uint8Array(0), key)
  expect(await openChunk(enterprise, attachment, 0, chunk, key)).toEqual(new Uint8Array(0))
  const { key: other, attachment: full } = await start(3)
  expect(await outcome(() => openChunk(enterprise, { ...full, size: 0 }, 0, chunk, other))).toBe('cannot_open')
})

test('nothing is sealed with another record’s key, or in a length that its place has not', async () => {
  const { key, fields, attachment } = await start(3)
  expect(await outcome(() => sealAttachment(enterprise, { ...fields, recordId: newId(RecordId) }, utf8('x'), key))).toBe('unknown_key')
  expect(await outcome(() => sealAttachment(enterprise, { ...fields, keyEpoch: 1 }, utf8('x'), key))).toBe('unknown_key')
  expect(await outcome(() => sealChunk(enterprise, { ...attachment, keyEpoch: 1 }, 0, utf8('abc'), key))).toBe('unknown_key')
  await expect(sealChunk(enterprise, attachment, 0, utf8('abcd'), key)).rejects.toThrow(RangeError)
})
