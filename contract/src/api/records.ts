import { z } from 'zod'
import { SealedAttachment } from '../attachment.ts'
import { SealedRecord, SealedRecordKey } from '../envelopes.ts'
import { FolderId, RecordId } from '../ids.ts'
import { Millis, wholeFrom } from '../shape.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'
import { GoneRecord, HeadKey } from './vault.ts'

/** Longest ciphertext of the two parts of a record, in base64url letters. */
const MOST_META = 16 * 1024
const MOST_BODY = 512 * 1024
/** Records that can be added in one request. */
export const MOST_ADDED = 200
/** Heads in one answer. */
export const HEADS_PAGE = 1000
/** Superseded versions that are kept of a record; past it the oldest goes. */
export const KEPT_VERSIONS = 100

const WrittenRecord = SealedRecord.refine(({ meta, body }) => meta.length <= MOST_META && body.length <= MOST_BODY, {
  message: 'A record holds at most 380 KB: put more into an attachment.',
})

/** What lists need of a record: everything but its body. */
export const RecordHead = SealedRecord.omit({ body: true }).extend({
  key: HeadKey,
  revision: wholeFrom(1),
  /** Somebody who opened it lost access: it is to be changed. */
  changeDue: z.boolean(),
  createdAt: Millis,
  binnedAt: Millis.nullable(),
  attachments: wholeFrom(0),
})
export type RecordHead = z.infer<typeof RecordHead>

/**
 * The records of a folder that changed after `after`, in the order of (revision, id), those in the bin included, and all that
 * left it after `after`, to be dropped after the page was taken. `next` null: that was all. Begin with 0; later with the `revision` of the answer before.
 */
export const listRecords = route({
  method: 'GET',
  path: '/api/v1/folders/:folder/records',
  asker: 'user',
  input: z.object({
    folder: FolderId,
    after: z.coerce.number().pipe(wholeFrom(0)),
    afterRecord: RecordId.optional(),
  }),
  answer: z.strictObject({
    revision: wholeFrom(1),
    records: z.array(RecordHead),
    gone: z.array(GoneRecord),
    next: z.strictObject({ after: wholeFrom(0), afterRecord: RecordId }).nullable(),
  }),
})

const Written = z.strictObject({ revision: wholeFrom(1) })

/** Adds records, all or none, each in its version 1 under a key of its own. Needs the role `edit`. */
export const addRecords = route({
  method: 'POST',
  path: '/api/v1/folders/:folder/records',
  asker: 'user',
  input: z.strictObject({
    folder: FolderId,
    records: z
      .array(z.strictObject({ record: WrittenRecord, key: SealedRecordKey }))
      .min(1)
      .max(MOST_ADDED),
  }),
  answer: Written,
  bodyLimit: 8 * 1024 * 1024,
})

/**
 * The next version of a record: one more than the present, else 412 and nothing is changed. `key` comes with a new epoch,
 * which a record that is due must have. `settled`: what made it due has been changed, a password for example.
 */
export const saveRecord = route({
  method: 'PUT',
  path: '/api/v1/records/:id',
  asker: 'user',
  input: z.strictObject({ id: RecordId, record: WrittenRecord, key: SealedRecordKey.optional(), settled: z.boolean() }),
  answer: Written,
})

/** A whole record. Who fetched it is noted, so that it can be marked when they lose access. */
export const readRecord = route({
  method: 'GET',
  path: '/api/v1/records/:id',
  asker: 'user',
  input: z.object({ id: RecordId }),
  answer: z.strictObject({
    record: SealedRecord,
    key: HeadKey,
    changeDue: z.boolean(),
    binnedAt: Millis.nullable(),
    attachments: z.array(z.strictObject({ attachment: SealedAttachment, key: HeadKey, complete: z.boolean() })),
  }),
})

/** The versions of a record before the present one, newest first, without bodies. `folderId` is where it was then. */
export const readHistory = route({
  method: 'GET',
  path: '/api/v1/records/:id/versions',
  asker: 'user',
  input: z.object({ id: RecordId }),
  answer: z.strictObject({ versions: z.array(z.strictObject({ version: SealedRecord.omit({ body: true }), key: HeadKey })) }),
})

/** One of them whole. It is noted as readRecord is. */
export const readVersion = route({
  method: 'GET',
  path: '/api/v1/records/:id/versions/:version',
  asker: 'user',
  input: z.object({ id: RecordId, version: z.coerce.number().pipe(wholeFrom(1)) }),
  answer: z.strictObject({ record: SealedRecord, key: HeadKey }),
})

/** Into the bin, out of it, or gone for good (from the bin only; needs the role `manage`). */
export const binRecord = route({
  method: 'POST',
  path: '/api/v1/records/:id/bin',
  asker: 'user',
  input: z.strictObject({ id: RecordId, act: z.enum(['bin', 'restore', 'purge']) }),
  answer: Done,
})

/** All keys of a record, which a move to another folder seals anew. */
export const readRecordKeys = route({
  method: 'GET',
  path: '/api/v1/records/:id/keys',
  asker: 'user',
  input: z.object({ id: RecordId }),
  answer: z.strictObject({ keys: z.array(SealedRecordKey) }),
})

/** Moves a record: its next version in the other folder, under a new key, and all its keys under that folder's key. Needs `edit` in both. */
export const moveRecord = route({
  method: 'POST',
  path: '/api/v1/records/:id/move',
  asker: 'user',
  input: z.strictObject({ id: RecordId, record: WrittenRecord, keys: z.array(SealedRecordKey).min(2).max(200) }),
  answer: Written,
})
