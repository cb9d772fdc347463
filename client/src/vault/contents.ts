import type { EffectiveRole } from '@claviger/contract/api/vault.ts'
import type { SealedFolderName } from '@claviger/contract/folder-name.ts'
import type { FolderId, RecordId, UserId } from '@claviger/contract/ids.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { ClientError } from '../errors.ts'
import type { FolderKey } from '../keys/folder-key.ts'
import type { RecordKey } from '../keys/record-key.ts'
import type { FolderOpener } from './open-folder.ts'
import type { RecordMeta } from './record-types.ts'

/** A folder that is open on this device. */
export interface OpenFolder {
  readonly folderId: FolderId
  readonly name: string
  readonly ownerId: UserId
  readonly role: EffectiveRole
  readonly sharedWith: number
  readonly rotationDue: boolean
  readonly binnedAt: number | null
  readonly sealedName: SealedFolderName
  readonly key: FolderKey
  /** false: the key is from somebody whom the log no longer vouches for. It is read, and gets another before it is written. */
  readonly isVouched: boolean
  /** Revision up to which its records are here. */
  readonly synced: number
}

/** A record as lists show it. Its body is read when it is opened. */
export interface OpenRecord {
  readonly recordId: RecordId
  readonly folderId: FolderId
  readonly version: number
  readonly meta: RecordMeta
  readonly author: UserId
  readonly modifiedAt: number
  /** Somebody who opened it lost access: its secret is to be changed. */
  readonly changeDue: boolean
  readonly binnedAt: number | null
  readonly attachments: number
  readonly key: RecordKey
  /** Epoch of the folder's key when the record's was made. */
  readonly keyFrom: number
}

/** What the server gave that this device does not accept. What it had of it before, it still shows. */
export interface Refused {
  readonly kind: 'folder' | 'record'
  readonly id: string
  /** Of a ClientError or ContractError. */
  readonly code: string
  readonly message: string
}

/** Everything that an open vault holds, in memory alone. */
export interface Contents {
  readonly account: OpenAccount
  opener: FolderOpener
  readonly folders: Map<FolderId, OpenFolder>
  readonly records: Map<RecordId, OpenRecord>
  /** By id. */
  readonly refused: Map<string, Refused>
}

/** @throws ClientError `not_open` */
export function folderOf({ folders }: Contents, folderId: FolderId): OpenFolder {
  const folder = folders.get(folderId)
  if (folder !== undefined) return folder
  throw new ClientError('not_open', `The folder ${folderId} is not open in this vault: sync, or ask for access.`)
}

/** @throws ClientError `not_open` */
export function recordOf({ records }: Contents, recordId: RecordId): OpenRecord {
  const record = records.get(recordId)
  if (record !== undefined) return record
  throw new ClientError('not_open', `The record ${recordId} is not open in this vault: sync, or ask for access.`)
}
