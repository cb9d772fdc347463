import type { Generated, Kysely, Transaction } from 'kysely'
import type { AccountTables } from './account-tables.ts'
import type { Flag, Millis } from './column-types.ts'
import type { SafetyTables } from './safety-tables.ts'
import type { VaultTables } from './vault-tables.ts'

export type { Flag, Millis } from './column-types.ts'
export type UserStatus = 'invited' | 'active' | 'locked'
export type TeamStatus = 'pending' | 'active' | 'archived'
export type MembershipState = 'pending' | 'active'
export type MethodState = 'draft' | 'active' | 'paused'
/** Who paused a method: an administrator, or its own limits. */
export type PausedBy = 'administrator' | 'breaker'
/** What happens where the primary e-mail of a directory's user differs from its userName. */
export type EmailPolicy = 'warn' | 'refuse'
export type AdministratorRole = 'full' | 'users-and-teams' | 'approvals' | 'read-only'
export type DeliveryState = 'queued' | 'sent' | 'failed' | 'cancelled'

/** The tables, as migrations/ makes them. Ids are UUIDv7 in lower case. */
export interface Database extends AccountTables, SafetyTables, VaultTables {
  enterprises: {
    id: string
    name: string
    retention_ms: number
    created_at: Millis
    /** The id of its log (contract EnterpriseLogId), from set-up on. */
    log_id: Generated<string | null>
    /** First and last names are shown in the Admin Console (story 8). */
    show_names: Generated<Flag>
    /** How long an invitation can be accepted. */
    invitation_ms: Generated<Millis>
  }
  nodes: { id: string; enterprise_id: string; parent_id: string | null; name: string; created_at: Millis }
  /** The number of users and teams of a node, spread over slots so that writers do not wait for each other. */
  node_counts: { node_id: string; slot: number; users: number; teams: number }
  provisioning_methods: {
    id: string
    enterprise_id: string
    node_id: string
    kind: 'scim'
    state: MethodState
    email_policy: EmailPolicy
    created_at: Millis
    saved_at: Millis | null
    /** null unless paused. */
    paused_by: Generated<PausedBy | null>
    paused_at: Generated<Millis | null>
    /** Nothing of the directory is applied: it is only written down. */
    observe: Generated<Flag>
    /** The limits of removals hold. */
    limit_on: Generated<Flag>
    limit_people: Generated<number>
    limit_percent: Generated<number>
    limit_window_ms: Generated<Millis>
  }
  provisioning_tokens: {
    id: string
    method_id: string
    hash: string
    hint: string
    created_at: Millis
    expires_at: Millis | null
    last_used_at: Millis | null
    revoked_at: Millis | null
  }
  users: {
    id: string
    enterprise_id: string
    node_id: string
    /** As the directory sent it. */
    email: string
    /** The e-mail address in lower case: the identity, unique in the installation among users who are not deleted. */
    email_key: string
    external_id: string | null
    display_name: string | null
    display_name_key: string | null
    status: UserStatus
    registered_at: Millis | null
    /** The directory's primary e-mail differs from its userName. */
    email_differs: Flag
    version: number
    created_at: Millis
    updated_at: Millis
    /** Set by the directory's DELETE: out of its view, locked, retained. */
    deleted_at: Millis | null
    /** JSON text: what the directory knows of the person beyond the columns. */
    resource: string
  }
  /** Roles by node; each holds for the whole subtree. */
  administrators: { user_id: string; node_id: string; role: AdministratorRole; created_at: Millis }
  teams: {
    id: string
    enterprise_id: string
    node_id: string
    name: string
    name_key: string
    external_id: string | null
    status: TeamStatus
    version: number
    created_at: Millis
    updated_at: Millis
    archived_at: Millis | null
    /** Of the team's key; 0 while it has none. */
    key_epoch: Generated<number>
    /** A member who holds the newest key was removed: the next approver makes another. */
    rotation_due: Generated<Flag>
  }
  memberships: {
    team_id: string
    user_id: string
    state: MembershipState
    created_at: Millis
    /** Of the team key that `key_grant` (a signed grant, JSON) gives; 0 while pending. */
    epoch: Generated<number>
    key_grant: Generated<string | null>
    /** `user:<id>` or `automator:<id>`. */
    granted_by: Generated<string | null>
    granted_at: Generated<Millis | null>
  }
  invitations: {
    id: string
    user_id: string
    /** 'setup' is the first administrator's, whose link is printed and not mailed. */
    purpose: 'join' | 'setup'
    created_at: Millis
    expires_at: Millis
    accepted_at: Millis | null
    cancelled_at: Millis | null
  }
  outbox: {
    id: string
    /** A mail is of an invitation or of a notice: one of the two is set. */
    invitation_id: string | null
    notice_id: Generated<string | null>
    recipient: string
    state: DeliveryState
    attempts: number
    /** When a sender may take it (again); pushed ahead while one has it. */
    due_at: Millis
    last_error: string | null
    created_at: Millis
    sent_at: Millis | null
  }
  provisioning_log: {
    id: string
    enterprise_id: string
    node_id: string
    method_id: string
    token_id: string
    at: Millis
    request_id: string
    http_method: string
    path: string
    status: number
    operation: string
    subject_kind: 'user' | 'team' | null
    subject_id: string | null
    summary: string
    detail: string | null
    advice: string | null
    request_body: string | null
  }
  audit_log: {
    id: string
    enterprise_id: string
    at: Millis
    actor: string
    action: string
    subject_kind: string
    subject_id: string
    detail: string
    /** Where it took place: the administrators of this node see it. null: those of the root alone. */
    node_id: Generated<string | null>
  }
  /** What a screen may care about, in the order of commits: (transaction_id, sequence). See changes.ts. */
  changes: {
    sequence: Generated<number>
    transaction_id: Generated<string>
    enterprise_id: string
    kind: string
    subject_id: string
    at: Millis
  }
  rate_limits: { key: string; hits: number; resets_at: Millis }
  secrets: { name: string; value: string }
}

/** For reads. On SQLite it cannot write: the connection under it is read-only. */
export type Db = Kysely<Database>
/** For writes: only `write()` hands one out, so the caller has a transaction. */
export type Trx = Transaction<Database>
