import type { Migration } from './types.ts'

/** Provisioning safety: limits and observe mode of methods, who lost something lately, what is held, what was observed. */
export const safety: Migration = ({ text, int8, end }) => [
  `alter table provisioning_methods add column paused_by ${text} check (paused_by in ('administrator', 'breaker'))`,
  `alter table provisioning_methods add column paused_at ${int8}`,
  "update provisioning_methods set paused_by = 'administrator' where state = 'paused'",
  'alter table provisioning_methods add column observe integer not null default 0',
  'alter table provisioning_methods add column limit_on integer not null default 1',
  `alter table provisioning_methods add column limit_people ${int8} not null default 100`,
  `alter table provisioning_methods add column limit_percent ${int8} not null default 20`,
  // One hour.
  `alter table provisioning_methods add column limit_window_ms ${int8} not null default 3600000`,

  // No reference to users: what is purged was lost all the same.
  `create table removals (
    method_id ${text} not null references provisioning_methods on delete cascade,
    user_id ${text} not null,
    at ${int8} not null,
    primary key (method_id, user_id)
  ) ${end}${end && ', without rowid'}`,
  'create index removals_by_time on removals (method_id, at)',
  // The limit by percent counts these, and stops as soon as there are enough.
  "create index active_users_of_node on users (node_id) where status = 'active' and deleted_at is null",

  `create table held_requests (
    id ${text} primary key,
    enterprise_id ${text} not null,
    node_id ${text} not null,
    method_id ${text} not null references provisioning_methods on delete cascade,
    token_id ${text} not null,
    request_id ${text} not null,
    at ${int8} not null,
    last_at ${int8} not null,
    times integer not null,
    http_method ${text} not null,
    body ${text},
    fingerprint ${text} not null,
    operation ${text} not null,
    subject_kind ${text} not null check (subject_kind in ('user', 'team')),
    subject_id ${text} not null,
    summary ${text} not null,
    people ${int8} not null,
    state ${text} not null check (state in ('held', 'approved', 'applied', 'failed', 'rejected', 'superseded')),
    decided_at ${int8},
    decided_by ${text},
    result ${text}
  ) ${end}`,
  "create unique index open_held_requests on held_requests (method_id, fingerprint) where state in ('held', 'approved')",
  "create index open_held_of_subject on held_requests (method_id, subject_id) where state in ('held', 'approved')",
  'create index held_requests_of_method on held_requests (method_id, state, id)',
  'create index decided_held_requests on held_requests (decided_at) where decided_at is not null',

  `create table held_people (
    held_id ${text} not null references held_requests on delete cascade,
    user_id ${text} not null,
    primary key (held_id, user_id)
  ) ${end}${end && ', without rowid'}`,

  `create table observed_requests (
    method_id ${text} not null references provisioning_methods on delete cascade,
    subject ${text} not null,
    id ${text} not null,
    at ${int8} not null,
    times integer not null,
    operation ${text} not null,
    subject_kind ${text},
    subject_id ${text},
    summary ${text} not null,
    added ${int8} not null,
    removed ${int8} not null,
    primary key (method_id, subject)
  ) ${end}`,
  'create index observed_requests_by_time on observed_requests (method_id, id)',
]
