import type { Millis } from './column-types.ts'

/** What becomes of a held request. `approved`: an administrator has said yes, and it is about to be applied. */
export type HeldState = 'held' | 'approved' | 'applied' | 'failed' | 'rejected' | 'superseded'

/** The tables of provisioning safety, as migrations/0005-safety.ts makes them. */
export interface SafetyTables {
  /** Whom the directory of a method took something from, and when it did last. */
  removals: { method_id: string; user_id: string; at: Millis }
  /** A request that would take something from people beyond the limits: it waits for an administrator's word. */
  held_requests: {
    id: string
    enterprise_id: string
    node_id: string
    method_id: string
    token_id: string
    /** Of the directory's request that came first. */
    request_id: string
    at: Millis
    /** When the directory sent the same last, and how often it did. */
    last_at: Millis
    times: number
    http_method: string
    /** JSON text without passwords. */
    body: string | null
    /** Of verb, subject and body: the same request is held once. */
    fingerprint: string
    operation: string
    subject_kind: 'user' | 'team'
    subject_id: string
    summary: string
    /** How many people it would take something from. */
    people: number
    state: HeldState
    decided_at: Millis | null
    /** As the audit log names them. */
    decided_by: string | null
    /** What came of it, in plain words. */
    result: string | null
  }
  held_people: { held_id: string; user_id: string }
  /** What a directory would do, one row for each person or team: the newest that it asked for. */
  observed_requests: {
    method_id: string
    subject: string
    id: string
    at: Millis
    times: number
    operation: string
    subject_kind: 'user' | 'team' | null
    /** null where the directory would create it. */
    subject_id: string | null
    summary: string
    /** Memberships. */
    added: number
    removed: number
  }
}
