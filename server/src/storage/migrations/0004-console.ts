import type { Migration } from './types.ts'

/** What the Admin Console stands on: settings of the enterprise, where each act took place, and indexes for its lists. */
export const adminConsole: Migration = ({ text, int8 }) => [
  'alter table enterprises add column show_names integer not null default 0',
  // 14 days.
  `alter table enterprises add column invitation_ms ${int8} not null default 1209600000`,

  `alter table audit_log add column node_id ${text}`,
  'create index audit_log_of_node on audit_log (node_id, id)',
  'create index audit_log_of_actor on audit_log (actor, id)',
  'create index audit_log_of_action on audit_log (action, id)',

  // Everything that the list of users filters by, so that a search which no index serves reads this and not the rows. SQLite
  // wants the columns of the condition in it too, or it looks at each row.
  `create index users_in_order on users (enterprise_id, email_key, id, node_id, status, email_differs, deleted_at)
    where deleted_at is null`,
  `create index users_by_registration on users (enterprise_id, registered_at, node_id, created_at, deleted_at)
    where registered_at is not null and deleted_at is null`,
  'create index teams_in_order on teams (enterprise_id, name_key, id)',
  `create index open_invitations_by_expiry on invitations (expires_at, user_id)
    where accepted_at is null and cancelled_at is null`,
  "create index failed_mails on outbox (invitation_id) where state = 'failed'",

  'create index provisioning_log_of_operation on provisioning_log (node_id, operation, id)',
  'create index failed_provisioning on provisioning_log (node_id, id, status) where status >= 400',
]
