import type { Migration } from './types.ts'

/** Folders, who may open them, records with their history, and attachments. Titles, names and contents are ciphertext. */
export const vault: Migration = ({ text, int8, end }) => [
  `create table folders (
    id ${text} primary key,
    enterprise_id ${text} not null references enterprises,
    owner_id ${text} not null references users,
    name ${text} not null,
    version integer not null,
    key_epoch integer not null,
    rotation_due integer not null,
    revision ${int8} not null,
    created_at ${int8} not null,
    deleted_at ${int8}
  ) ${end}`,
  'create index folders_of_owner on folders (owner_id)',
  'create index folders_due on folders (enterprise_id) where rotation_due = 1',

  // One row for each key that opens the folder's key: an epoch of a team, a person, the owner's own root.
  `create table folder_access (
    folder_id ${text} not null references folders,
    grantee_kind ${text} not null check (grantee_kind in ('owner', 'user', 'team')),
    grantee_id ${text} not null,
    grantee_epoch integer not null,
    folder_epoch integer not null,
    role ${text} not null check (role in ('view', 'edit', 'manage')),
    key_grant ${text} not null,
    created_at ${int8} not null,
    primary key (folder_id, grantee_kind, grantee_id, grantee_epoch, folder_epoch)
  ) ${end}`,
  'create index folders_of_grantee on folder_access (grantee_kind, grantee_id)',

  `create table records (
    id ${text} primary key,
    folder_id ${text} not null references folders,
    version integer not null,
    key_epoch integer not null,
    author ${text} not null,
    modified_at ${int8} not null,
    meta ${text} not null,
    body ${text} not null,
    revision ${int8} not null,
    change_due integer not null,
    created_at ${int8} not null,
    deleted_at ${int8}
  ) ${end}`,
  'create index records_of_folder on records (folder_id, revision)',

  // Whoever keeps a copy of the folder learns from it what to drop.
  `create table gone_records (
    folder_id ${text} not null references folders,
    record_id ${text} not null,
    revision ${int8} not null,
    primary key (folder_id, record_id)
  ) ${end}`,

  `create table record_versions (
    record_id ${text} not null references records,
    version integer not null,
    folder_id ${text} not null,
    key_epoch integer not null,
    author ${text} not null,
    modified_at ${int8} not null,
    meta ${text} not null,
    body ${text} not null,
    primary key (record_id, version)
  ) ${end}`,

  `create table record_keys (
    record_id ${text} not null references records,
    epoch integer not null,
    folder_id ${text} not null references folders,
    folder_epoch integer not null,
    sealed ${text} not null,
    primary key (record_id, epoch)
  ) ${end}`,
  'create index record_keys_of_folder on record_keys (folder_id, folder_epoch)',

  `create table record_opens (
    record_id ${text} not null references records,
    user_id ${text} not null references users,
    at ${int8} not null,
    primary key (record_id, user_id)
  ) ${end}`,
  'create index record_opens_of_user on record_opens (user_id)',

  `create table attachments (
    id ${text} primary key,
    record_id ${text} not null references records,
    key_epoch integer not null,
    author ${text} not null,
    meta ${text} not null,
    size ${int8} not null,
    chunks integer not null,
    state ${text} not null check (state in ('uploading', 'complete')),
    created_at ${int8} not null
  ) ${end}`,
  'create index attachments_of_record on attachments (record_id)',
  "create index uploads_by_start on attachments (created_at) where state = 'uploading'",

  `create table attachment_chunks (
    attachment_id ${text} not null references attachments,
    position integer not null,
    sealed ${text} not null,
    primary key (attachment_id, position)
  ) ${end}`,
]
