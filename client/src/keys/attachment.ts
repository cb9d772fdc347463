import type { Binding } from '@claviger/contract/associated-data.ts'
import { chunkSize, chunksOf, type SealedAttachment } from '@claviger/contract/attachment.ts'
import type { Bytes } from '@claviger/contract/bytes.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { AesSealed } from '@claviger/contract/sealed.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { ClientError } from '../errors.ts'
import { cannotOpen, openAes, sealAes } from './aes.ts'
import type { RecordKey } from './record-key.ts'

/** The plaintext fields of an attachment, as the server keeps them beside the ciphertext. */
export type AttachmentFields = Omit<SealedAttachment, 'suite' | 'meta'>

/** An attachment’s name and type under the record's key, bound to its length. @throws ClientError `unknown_key` for another record's key */
export async function sealAttachment(
  enterprise: EnterpriseLogId,
  fields: AttachmentFields,
  meta: Bytes,
  key: RecordKey,
): Promise<SealedAttachment> {
  requireKey(fields, key)
  return { suite: SUITE, ...fields, meta: await sealAes(key.aes, meta, metaBinding(enterprise, fields)) }
}

/** @throws ClientError `cannot_open`, also where the server changed the length or gave another record's attachment */
export function openAttachmentMeta(enterprise: EnterpriseLogId, attachment: SealedAttachment, key: RecordKey): Promise<Bytes> {
  return openAes(key.aes, attachment.meta, metaBinding(enterprise, ofKey(attachment, key)))
}

/** One chunk, from 0. @throws ClientError `unknown_key`; RangeError where the bytes are not those of the place */
export async function sealChunk(
  enterprise: EnterpriseLogId,
  fields: AttachmentFields,
  position: number,
  bytes: Bytes,
  key: RecordKey,
): Promise<AesSealed> {
  requireKey(fields, key)
  if (bytes.length !== chunkSize(fields.size, position)) throw new RangeError('a chunk has the length of its place')
  return sealAes(key.aes, bytes, chunkBinding(enterprise, fields, position))
}

/**
 * One chunk, if it was sealed as the one at this place of this attachment: a chunk of another, one from elsewhere in it,
 * or the last of a shorter one does not open. @throws ClientError `cannot_open`
 */
export async function openChunk(
  enterprise: EnterpriseLogId,
  attachment: SealedAttachment,
  position: number,
  sealed: AesSealed,
  key: RecordKey,
): Promise<Bytes> {
  const binding = chunkBinding(enterprise, ofKey(attachment, key), position)
  const bytes = await openAes(key.aes, sealed, binding)
  if (bytes.length !== chunkSize(attachment.size, position)) throw cannotOpen(binding)
  return bytes
}

/** The record and the epoch are the key's, whatever the server says of them. */
function ofKey(attachment: SealedAttachment, key: RecordKey): AttachmentFields {
  return { ...attachment, recordId: key.recordId, keyEpoch: key.epoch }
}

function requireKey({ id, recordId, keyEpoch }: AttachmentFields, key: RecordKey): void {
  if (key.recordId === recordId && key.epoch === keyEpoch) return
  throw new ClientError('unknown_key', `This is not the key of epoch ${keyEpoch} of the record that the attachment ${id} is of.`)
}

function metaBinding(enterprise: EnterpriseLogId, fields: AttachmentFields): Binding {
  return { ...bindingOf(enterprise, fields), label: 'attachment', part: 'meta', version: 1 }
}

function chunkBinding(enterprise: EnterpriseLogId, fields: AttachmentFields, position: number): Binding {
  const binding = bindingOf(enterprise, fields)
  const last = position === chunksOf(fields.size) - 1
  return { ...binding, label: 'attachment-chunk', part: 'attachment', version: position + 1, beside: { ...binding.beside, last } }
}

function bindingOf(enterprise: EnterpriseLogId, { id, recordId, keyEpoch, author, size }: AttachmentFields) {
  return {
    enterprise,
    object: { type: 'attachment', id },
    owner: { type: 'record', id: recordId },
    wrappingKey: { id: recordId, epoch: keyEpoch },
    beside: { author, size },
  } as const
}
