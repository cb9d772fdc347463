import type { Migration } from './types.ts'

/** Enterprises, nodes, provisioning, users, teams, invitations, and what is logged of them. */
export const provisioning: Migration = ({ text, json, int8, feedKey, end }) => [
  `create table enterprises (
    id ${text} primary key, name ${text} not null, retention_ms ${int8} not null, created_at ${int8} not null
  ) ${end}`,

  `create table nodes (
    id ${text} primary key,
    enterprise_id ${text} not null references enterprises,
    parent_id ${text} references nodes,
    name ${text} not null,
    created_at ${int8} not null
  ) ${end}`,
  'create index nodes_of_parent on nodes (enterprise_id, parent_id)',

  `create table node_counts (
    node_id ${text} not null references nodes, slot integer not null, users integer not null, teams integer not null,
    primary key (node_id, slot)
  ) ${end}`,

  `create table provisioning_methods (
    id ${text} primary key,
    enterprise_id ${text} not null references enterprises,
    node_id ${text} not null references nodes,
    kind ${text} not null,
    state ${text} not null check (state in ('draft', 'active', 'paused')),
    email_policy ${text} not null check (email_policy in ('warn', 'refuse')),
    created_at ${int8} not null,
    saved_at ${int8}
  ) ${end}`,
  'create unique index one_method_of_a_kind on provisioning_methods (node_id, kind)',

  `create table provisioning_tokens (
    id ${text} primary key,
    method_id ${text} not null references provisioning_methods,
    hash ${text} not null unique,
    hint ${text} not null,
    created_at ${int8} not null,
    expires_at ${int8},
    last_used_at ${int8},
    revoked_at ${int8}
  ) ${end}`,
  'create index tokens_of_method on provisioning_tokens (method_id)',

  `create table users (
    id ${text} primary key,
    enterprise_id ${text} not null references enterprises,
    node_id ${text} not null references nodes,
    email ${text} not null,
    email_key ${text} not null,
    external_id ${text},
    display_name ${text},
    display_name_key ${text},
    status ${text} not null check (status in ('invited', 'active', 'locked')),
    registered_at ${int8},
    email_differs integer not null,
    version integer not null,
    created_at ${int8} not null,
    updated_at ${int8} not null,
    deleted_at ${int8},
    resource ${json} not null
  ) ${end}`,
  'create unique index users_by_email on users (email_key) where deleted_at is null',
  'create index users_of_node on users (node_id, id) where deleted_at is null',
  // The id ends these because lists come in its order. Without statistics, SQLite takes an index that sorts for better than
  // one that finds, and would read all users of the node.
  'create index users_by_external_id on users (node_id, external_id, id) where deleted_at is null and external_id is not null',
  'create index users_by_display_name on users (node_id, display_name_key, id) where deleted_at is null and display_name_key is not null',
  'create index retained_users_by_email on users (email_key) where deleted_at is not null',
  'create index retained_users_by_time on users (deleted_at) where deleted_at is not null',

  `create table administrators (
    user_id ${text} primary key references users,
    node_id ${text} not null references nodes,
    role ${text} not null check (role in ('full')),
    created_at ${int8} not null
  ) ${end}`,

  `create table teams (
    id ${text} primary key,
    enterprise_id ${text} not null references enterprises,
    node_id ${text} not null references nodes,
    name ${text} not null,
    name_key ${text} not null,
    external_id ${text},
    status ${text} not null check (status in ('pending', 'active', 'archived')),
    version integer not null,
    created_at ${int8} not null,
    updated_at ${int8} not null,
    archived_at ${int8}
  ) ${end}`,
  'create unique index teams_by_name on teams (node_id, name_key) where archived_at is null',
  'create index teams_of_node on teams (node_id, id) where archived_at is null',
  'create index teams_by_external_id on teams (node_id, external_id, id) where archived_at is null and external_id is not null',

  `create table memberships (
    team_id ${text} not null references teams,
    user_id ${text} not null references users,
    state ${text} not null check (state in ('pending', 'active')),
    created_at ${int8} not null,
    primary key (team_id, user_id)
  ) ${end}${end && ', without rowid'}`,
  'create index teams_of_user on memberships (user_id)',

  `create table invitations (
    id ${text} primary key,
    user_id ${text} not null references users,
    purpose ${text} not null check (purpose in ('join', 'setup')),
    created_at ${int8} not null,
    expires_at ${int8} not null,
    accepted_at ${int8},
    cancelled_at ${int8}
  ) ${end}`,
  'create index invitations_of_user on invitations (user_id)',

  `create table outbox (
    id ${text} primary key,
    invitation_id ${text} not null references invitations,
    recipient ${text} not null,
    state ${text} not null check (state in ('queued', 'sent', 'failed', 'cancelled')),
    attempts integer not null,
    due_at ${int8} not null,
    last_error ${text},
    created_at ${int8} not null,
    sent_at ${int8}
  ) ${end}`,
  "create index outbox_due on outbox (due_at, id) where state = 'queued'",
  'create index outbox_of_invitation on outbox (invitation_id)',

  `create table provisioning_log (
    id ${text} primary key,
    enterprise_id ${text} not null,
    node_id ${text} not null,
    method_id ${text} not null,
    token_id ${text} not null,
    at ${int8} not null,
    request_id ${text} not null,
    http_method ${text} not null,
    path ${text} not null,
    status integer not null,
    operation ${text} not null,
    subject_kind ${text},
    subject_id ${text},
    summary ${text} not null,
    detail ${text},
    advice ${text},
    request_body ${text}
  ) ${end}`,
  'create index provisioning_log_of_node on provisioning_log (node_id, id)',
  'create index provisioning_log_of_subject on provisioning_log (subject_id, id) where subject_id is not null',

  `create table audit_log (
    id ${text} primary key,
    enterprise_id ${text} not null,
    at ${int8} not null,
    actor ${text} not null,
    action ${text} not null,
    subject_kind ${text} not null,
    subject_id ${text} not null,
    detail ${text} not null
  ) ${end}`,
  'create index audit_log_of_subject on audit_log (subject_id, id)',

  `create table changes (
    enterprise_id ${text} not null, kind ${text} not null, subject_id ${text} not null, at ${int8} not null, ${feedKey}
  ) ${end}`,

  `create table rate_limits (key ${text} primary key, hits integer not null, resets_at ${int8} not null) ${end}`,
  'create index rate_limits_over on rate_limits (resets_at)',

  `create table secrets (name ${text} primary key, value ${text} not null) ${end}`,
]
