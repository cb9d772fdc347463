import type { Migration } from './types.ts'

/** Accounts, devices and sessions; the enterprise log; the keys of teams; automators; notices to people; roles by node. */
export const accounts: Migration = ({ text, int8, end }) => [
  `alter table enterprises add column log_id ${text}`,

  `create table enterprise_log (
    enterprise_id ${text} not null references enterprises,
    sequence ${int8} not null,
    statement ${text} not null,
    signature ${text} not null,
    at ${int8} not null,
    primary key (enterprise_id, sequence)
  ) ${end}`,

  `create table accounts (
    user_id ${text} primary key references users,
    signing_key ${text} not null,
    encryption_key ${text} not null,
    key_binding ${text} not null,
    identity ${text} not null,
    opaque_record ${text},
    recovery_hash ${text},
    device_list ${text},
    device_list_version integer not null,
    certified integer not null default 0,
    created_at ${int8} not null,
    updated_at ${int8} not null
  ) ${end}`,
  'create index uncertified_accounts on accounts (user_id) where certified = 0',
  'create unique index accounts_by_recovery on accounts (recovery_hash) where recovery_hash is not null',

  `create table root_wraps (
    user_id ${text} not null references users,
    way ${text} not null check (way in ('password', 'recovery-code', 'passkey', 'device', 'recovery-key')),
    holder ${text} not null,
    epoch integer not null,
    wrap ${text} not null,
    primary key (user_id, way, holder)
  ) ${end}`,

  `create table devices (
    id ${text} primary key,
    user_id ${text} not null references users,
    name ${text} not null,
    signing_key ${text} not null,
    encryption_key ${text} not null,
    created_at ${int8} not null,
    seen_at ${int8} not null,
    removed_at ${int8}
  ) ${end}`,
  'create index devices_of_user on devices (user_id)',

  `create table device_requests (
    id ${text} primary key,
    user_id ${text} not null references users,
    device_id ${text} not null,
    device ${text} not null,
    name ${text} not null,
    secret_hash ${text} not null unique,
    state ${text} not null check (state in ('pending', 'approved', 'denied', 'cancelled', 'used')),
    created_at ${int8} not null,
    expires_at ${int8} not null,
    decided_at ${int8},
    decided_by ${text}
  ) ${end}`,
  "create index pending_device_requests on device_requests (user_id) where state = 'pending'",

  `create table sessions (
    id ${text} primary key,
    user_id ${text} not null references users,
    device_id ${text},
    token_hash ${text} not null unique,
    created_at ${int8} not null,
    proven_at ${int8} not null,
    used_at ${int8} not null,
    expires_at ${int8} not null,
    ended_at ${int8},
    address ${text} not null,
    agent ${text} not null
  ) ${end}`,
  'create index sessions_of_user on sessions (user_id) where ended_at is null',
  'create index sessions_by_end on sessions (expires_at)',

  `create table sign_ins (
    id ${text} primary key,
    user_id ${text},
    stage ${text} not null check (stage in ('password', 'second-factor')),
    state ${text} not null,
    device_id ${text},
    attempts integer not null,
    expires_at ${int8} not null
  ) ${end}`,
  'create index sign_ins_by_expiry on sign_ins (expires_at)',

  `create table second_factors (
    id ${text} primary key,
    user_id ${text} not null references users,
    kind ${text} not null check (kind in ('totp', 'passkey')),
    name ${text} not null,
    credential_id ${text} unique,
    secret ${text} not null,
    counter ${int8} not null,
    created_at ${int8} not null,
    confirmed_at ${int8},
    used_at ${int8}
  ) ${end}`,
  'create index second_factors_of_user on second_factors (user_id)',

  `create table held_keys (
    enterprise_id ${text} not null references enterprises,
    kind ${text} not null check (kind in ('approver-key', 'recovery-key')),
    epoch integer not null,
    holder_id ${text} not null,
    wrap ${text} not null,
    primary key (enterprise_id, kind, epoch, holder_id)
  ) ${end}`,

  `create table automators (
    id ${text} primary key,
    enterprise_id ${text} not null references enterprises,
    name ${text} not null,
    token_hash ${text} not null unique,
    created_at ${int8} not null,
    seen_at ${int8},
    removed_at ${int8}
  ) ${end}`,

  `alter table teams add column key_epoch integer not null default 0`,
  `alter table teams add column rotation_due integer not null default 0`,
  `alter table memberships add column epoch integer not null default 0`,
  `alter table memberships add column key_grant ${text}`,
  `alter table memberships add column granted_by ${text}`,
  `alter table memberships add column granted_at ${int8}`,
  // What waits for an approver, pending (epoch 0) or of an epoch before the team's: found without reading every membership.
  'create index memberships_by_epoch on memberships (team_id, epoch, user_id)',

  `create table team_grants (
    team_id ${text} not null references teams,
    epoch integer not null,
    approver_epoch integer not null,
    key_grant ${text} not null,
    created_at ${int8} not null,
    primary key (team_id, epoch, approver_epoch)
  ) ${end}`,

  `create table new_administrators (
    user_id ${text} not null references users,
    node_id ${text} not null references nodes,
    role ${text} not null check (role in ('full', 'users-and-teams', 'approvals', 'read-only')),
    created_at ${int8} not null,
    primary key (user_id, node_id)
  ) ${end}`,
  'insert into new_administrators (user_id, node_id, role, created_at) select user_id, node_id, role, created_at from administrators',
  'drop table administrators',
  'alter table new_administrators rename to administrators',
  'create index administrators_of_node on administrators (node_id)',

  `create table notices (
    id ${text} primary key,
    user_id ${text} not null references users,
    kind ${text} not null,
    detail ${text} not null,
    created_at ${int8} not null,
    seen_at ${int8}
  ) ${end}`,
  'create index notices_of_user on notices (user_id, id)',

  // The outbox carries notices too: a mail is of an invitation or of a notice.
  `create table new_outbox (
    id ${text} primary key,
    invitation_id ${text} references invitations,
    notice_id ${text} references notices,
    recipient ${text} not null,
    state ${text} not null check (state in ('queued', 'sent', 'failed', 'cancelled')),
    attempts integer not null,
    due_at ${int8} not null,
    last_error ${text},
    created_at ${int8} not null,
    sent_at ${int8},
    check ((invitation_id is null) <> (notice_id is null))
  ) ${end}`,
  `insert into new_outbox (id, invitation_id, notice_id, recipient, state, attempts, due_at, last_error, created_at, sent_at)
    select id, invitation_id, null, recipient, state, attempts, due_at, last_error, created_at, sent_at from outbox`,
  'drop table outbox',
  'alter table new_outbox rename to outbox',
  "create index outbox_due on outbox (due_at, id) where state = 'queued'",
  'create index outbox_of_invitation on outbox (invitation_id)',
]
