import type { Binding } from '@claviger/contract/associated-data.ts'
import type { Bytes } from '@claviger/contract/bytes.ts'
import type { SealedRecord } from '@claviger/contract/envelopes.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { AesSealed } from '@claviger/contract/sealed.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { ClientError } from '../errors.ts'
import { openAes, sealAes } from './aes.ts'
import type { RecordKey } from './record-key.ts'

/** The plaintext fields of a version of a record, as the server keeps them beside the ciphertext. */
export type RecordFields = Omit<SealedRecord, 'suite' | 'meta' | 'body'>

/** What is sealed of a record: `meta` is what lists show, `body` everything else. */
export interface RecordParts {
  readonly meta: Bytes
  readonly body: Bytes
}

/** One version of a record under its key. @throws ClientError `unknown_key` where the key is another record's or epoch's */
export async function sealRecord(
  enterprise: EnterpriseLogId,
  fields: RecordFields,
  { meta, body }: RecordParts,
  key: RecordKey,
): Promise<SealedRecord> {
  if (key.recordId !== fields.id || key.epoch !== fields.keyEpoch) {
    throw new ClientError('unknown_key', `This is not the key of epoch ${fields.keyEpoch} of the record ${fields.id}.`)
  }
  return {
    suite: SUITE,
    ...fields,
    meta: await sealAes(key.aes, meta, bindingOf(enterprise, fields, 'meta')),
    body: await sealAes(key.aes, body, bindingOf(enterprise, fields, 'body')),
  }
}

/**
 * One part of a record, if this key sealed it as that part of that version, with these plaintext fields beside it.
 * Whether the version is the newest, only what was seen before tells (seen.ts). @throws ClientError `cannot_open`
 */
export function openRecordPart<Part extends 'meta' | 'body'>(
  enterprise: EnterpriseLogId,
  record: RecordFields & Readonly<Record<Part, AesSealed>>,
  part: Part,
  key: RecordKey,
): Promise<Bytes> {
  return openAes(key.aes, record[part], bindingOf(enterprise, { ...record, id: key.recordId, keyEpoch: key.epoch }, part))
}

function bindingOf(
  enterprise: EnterpriseLogId,
  { id, folderId, keyEpoch, version, author, modifiedAt }: RecordFields,
  part: 'meta' | 'body',
): Binding {
  return {
    label: 'record',
    enterprise,
    object: { type: 'record', id },
    owner: { type: 'folder', id: folderId },
    wrappingKey: { id, epoch: keyEpoch },
    part,
    version,
    beside: { author, modifiedAt },
  }
}
