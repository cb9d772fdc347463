import type { Flag, Millis } from './column-types.ts'

export type FolderRole = 'view' | 'edit' | 'manage'
export type GranteeKind = 'owner' | 'user' | 'team'

/** The fields of one version of a record. `meta` and `body` are ciphertext, base64url. */
interface RecordColumns {
  version: number
  folder_id: string
  key_epoch: number
  author: string
  modified_at: Millis
  meta: string
  body: string
}

/** The tables of migration 0003. */
export interface VaultTables {
  folders: {
    id: string
    enterprise_id: string
    owner_id: string
    /** Ciphertext under the folder's key, with the epoch of that key and the name's version: JSON of contract's SealedFolderName. */
    name: string
    /** Of the name. */
    version: number
    key_epoch: number
    /** Somebody who holds the key lost access: the next who may opens an epoch anew. */
    rotation_due: Flag
    /** Counts every change in the folder; a record's is the folder's at its last change. */
    revision: number
    created_at: Millis
    deleted_at: Millis | null
  }
  folder_access: {
    folder_id: string
    grantee_kind: GranteeKind
    grantee_id: string
    /** The team's epoch; 0 for people. */
    grantee_epoch: number
    folder_epoch: number
    role: FolderRole
    /** A signed grant; for the owner an OwnFolderKey. */
    key_grant: string
    created_at: Millis
  }
  records: RecordColumns & {
    id: string
    revision: number
    /** Somebody who opened it lost access since it was last written. */
    change_due: Flag
    created_at: Millis
    /** In the bin since. */
    deleted_at: Millis | null
  }
  /** Records that left a folder, purged or moved, at that revision of the folder. */
  gone_records: { folder_id: string; record_id: string; revision: number }
  /** What was superseded; the present version is the record's own row. */
  record_versions: RecordColumns & { record_id: string }
  /** The record's key of each epoch that a version needs, under the folder's key. */
  record_keys: { record_id: string; epoch: number; folder_id: string; folder_epoch: number; sealed: string }
  /** Who fetched the body of which record. */
  record_opens: { record_id: string; user_id: string; at: Millis }
  attachments: {
    id: string
    record_id: string
    key_epoch: number
    author: string
    /** Name and type, ciphertext. */
    meta: string
    /** Bytes of the plaintext. */
    size: number
    chunks: number
    state: 'uploading' | 'complete'
    created_at: Millis
  }
  attachment_chunks: { attachment_id: string; position: number; sealed: string }
}
