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
  nodes: { key: ['depth', 'id'], source: nodesByDepth, extra: ['depth'] },
  node_counts: { key: ['node_id', 'slot'] },
  provisioning_methods: { key: ['id'] },
  provisioning_tokens: { key: ['id'] },
  users: { key: ['id'] },
  administrators: { key: ['user_id'] },
  teams: { key: ['id'] },
  memberships: { key: ['team_id', 'user_id'] },
  invitations: { key: ['id'] },
  outbox: { key: ['id'] },
  provisioning_log: { key: ['id'] },
  audit_log: { key: ['id'] },
  changes: null,
  rate_limits: null,
}
