import type { Binding } from '@claviger/contract/associated-data.ts'
import type { Bytes } from '@claviger/contract/bytes.ts'
import type { SealedRecordKey } from '@claviger/contract/envelopes.ts'
import type { RecordId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { CryptoKey } from 'hpke'
import { ClientError } from '../errors.ts'
import { importAesKey, openAes, sealAes } from './aes.ts'
import type { FolderKey } from './folder-key.ts'
import { randomBytes, Secret } from './secret.ts'
import { KEY_BYTES } from './suite.ts'

/** A record's key of one epoch: seals its parts. */
export interface RecordKey {
  readonly kind: 'record-key'
  readonly recordId: RecordId
  readonly epoch: number
  readonly secret: Secret<'record-key'>
  readonly aes: CryptoKey
}

/** Which key is expected of a wrap. */
export interface RecordKeyWanted {
  readonly recordId: RecordId
  readonly epoch: number
}

/** Makes a record's key: epoch 1 with the record, one more when somebody who read it leaves and it is written again. */
export function makeRecordKey(wanted: RecordKeyWanted): Promise<RecordKey> {
  return recordKeyOf(wanted, randomBytes(KEY_BYTES))
}

/** The record's key under its folder's. Also moves a record to another folder, or into a folder's next epoch. */
export async function wrapRecordKey(key: RecordKey, folder: FolderKey): Promise<SealedRecordKey> {
  const { recordId, epoch } = key
  const sealed = await sealAes(folder.aes, key.secret.reveal(), bindingOf(key, folder))
  return { suite: SUITE, recordId, epoch, folderId: folder.folderId, folderEpoch: folder.epoch, sealed }
}

/** @throws ClientError `cannot_open`, also where the wrap is of another record, epoch or folder than the wanted one */
export async function openRecordKey(wrap: SealedRecordKey, wanted: RecordKeyWanted, folder: FolderKey): Promise<RecordKey> {
  return recordKeyOf(wanted, await openAes(folder.aes, wrap.sealed, bindingOf(wanted, folder)))
}

/** The same record key under the folder's next key: what a rotation does with every record. @throws ClientError `cannot_open` */
export async function rewrapRecordKey(
  wrap: SealedRecordKey,
  wanted: RecordKeyWanted,
  from: FolderKey,
  to: FolderKey,
): Promise<SealedRecordKey> {
  const bytes = await openAes(from.aes, wrap.sealed, bindingOf(wanted, from))
  return { ...wrap, folderId: to.folderId, folderEpoch: to.epoch, sealed: await sealAes(to.aes, bytes, bindingOf(wanted, to)) }
}

async function recordKeyOf({ recordId, epoch }: RecordKeyWanted, bytes: Bytes): Promise<RecordKey> {
  if (bytes.length !== KEY_BYTES) throw new ClientError('cannot_open', 'What was opened has not the length of a record key.')
  return { kind: 'record-key', recordId, epoch, secret: new Secret('record-key', bytes), aes: await importAesKey(bytes) }
}

function bindingOf({ recordId, epoch }: RecordKeyWanted, folder: FolderKey): Binding {
  return {
    label: 'record-key',
    enterprise: folder.enterprise,
    object: { type: 'record', id: recordId },
    owner: { type: 'folder', id: folder.folderId },
    wrappingKey: { id: folder.folderId, epoch: folder.epoch },
    part: 'key',
    version: epoch,
    beside: {},
  }
}
