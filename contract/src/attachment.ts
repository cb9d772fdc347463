import { z } from 'zod'
import { AttachmentId, RecordId, UserId } from './ids.ts'
import { AesSealed } from './sealed.ts'
import { Epoch, Suite, wholeFrom } from './shape.ts'

/** Plaintext bytes of every chunk but the last, which has the rest. */
export const CHUNK_BYTES = 512 * 1024
/** Longest attachment, in bytes of the plaintext. */
export const MOST_ATTACHMENT_BYTES = 100 * 1024 * 1024
/** Attachments of one record, those under way included. */
export const MOST_ATTACHMENTS = 20

/** The number of chunks of so many bytes. An empty attachment has one, empty, so that its emptiness is authentic too. */
export function chunksOf(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK_BYTES))
}

/** The plaintext bytes of the chunk at `position`, from 0. */
export function chunkSize(size: number, position: number): number {
  return Math.max(0, Math.min(CHUNK_BYTES, size - position * CHUNK_BYTES))
}

/** An attachment: its name and type as ciphertext, and the plaintext fields that they and every chunk are bound to. */
export const SealedAttachment = z.strictObject({
  suite: Suite,
  id: AttachmentId,
  recordId: RecordId,
  /** Of the record's key, which seals it. */
  keyEpoch: Epoch,
  author: UserId,
  /** Bytes of the plaintext; the number of chunks follows from it. */
  size: wholeFrom(0).max(MOST_ATTACHMENT_BYTES),
  meta: AesSealed,
})
export type SealedAttachment = z.infer<typeof SealedAttachment>
