import type { Database } from './database.ts'

/** How a table travels in a backup: the columns of its key, in whose order rows are read, and what it is read from. */
export interface CarriedTable {
  key: readonly string[]
  /** A query in place of the table, for an order that the table's own columns do not give. */
  source?: string
  /** Columns of `source` that the table does not have. */
  extra?: readonly string[]
}

/** Parents before children: a row can be inserted only after the one it refers to. */
const nodesByDepth = `(
  with recursive tree as (
    select nodes.*, 0 as depth from nodes where parent_id is null
    union all
    select nodes.*, tree.depth + 1 as depth from nodes join tree on nodes.parent_id = tree.id
  ) select * from tree
) as tree`

/**
 * Every table, in the order in which rows can be inserted. null: not carried. The change feed is for screens that are open
 * and its order is that of one database's transactions; the counts of rate limits are about the last minutes.
 */
export const carriedTables: Readonly<Record<keyof Database, CarriedTable | null>> = {
  secrets: { key: ['name'] },
  enterprises: { key: ['id'] },
  enterprise_log: { key: ['enterprise_id', 'sequence'] },
  nodes: { key: ['depth', 'id'], source: nodesByDepth, extra: ['depth'] },
  node_counts: { key: ['node_id', 'slot'] },
  provisioning_methods: { key: ['id'] },
  provisioning_tokens: { key: ['id'] },
  removals: { key: ['method_id', 'user_id'] },
  held_requests: { key: ['id'] },
  held_people: { key: ['held_id', 'user_id'] },
  observed_requests: { key: ['method_id', 'subject'] },
  users: { key: ['id'] },
  administrators: { key: ['user_id', 'node_id'] },
  accounts: { key: ['user_id'] },
  root_wraps: { key: ['user_id', 'way', 'holder'] },
  devices: { key: ['id'] },
  device_requests: { key: ['id'] },
  sessions: { key: ['id'] },
  // Steps of minutes ago.
  sign_ins: null,
  second_factors: { key: ['id'] },
  held_keys: { key: ['enterprise_id', 'kind', 'epoch', 'holder_id'] },
  automators: { key: ['id'] },
  teams: { key: ['id'] },
  memberships: { key: ['team_id', 'user_id'] },
  team_grants: { key: ['team_id', 'epoch', 'approver_epoch'] },
  folders: { key: ['id'] },
  folder_access: { key: ['folder_id', 'grantee_kind', 'grantee_id', 'grantee_epoch', 'folder_epoch'] },
  records: { key: ['id'] },
  gone_records: { key: ['folder_id', 'record_id'] },
  record_versions: { key: ['record_id', 'version'] },
  record_keys: { key: ['record_id', 'epoch'] },
  record_opens: { key: ['record_id', 'user_id'] },
  attachments: { key: ['id'] },
  attachment_chunks: { key: ['attachment_id', 'position'] },
  notices: { key: ['id'] },
  invitations: { key: ['id'] },
  outbox: { key: ['id'] },
  provisioning_log: { key: ['id'] },
  audit_log: { key: ['id'] },
  changes: null,
  rate_limits: null,
}
