import type { Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'

/** One thing that somebody did. `actor` is `scim:<token id>`, `user:<id>`, `automator:<id>`, `command` (the command line) or `server`. */
export interface AuditEntry {
  enterpriseId: string
  at: Millis
  actor: string
  /** `<kind>.<past participle>`, as in `user.locked`. */
  action: string
  subjectKind:
    | 'enterprise'
    | 'node'
    | 'method'
    | 'token'
    | 'user'
    | 'team'
    | 'membership'
    | 'invitation'
    | 'device'
    | 'session'
    | 'folder'
    | 'record'
    | 'automator'
  subjectId: string
  /** Never a secret, never a person's name. */
  detail?: Record<string, unknown>
}

const insertEntry = prepare<Omit<AuditEntry, 'detail'> & { id: string; detail: string }>()((db, p) =>
  db.insertInto('audit_log').values({
    id: p.id,
    enterprise_id: p.enterpriseId,
    at: p.at,
    actor: p.actor,
    action: p.action,
    subject_kind: p.subjectKind,
    subject_id: p.subjectId,
    detail: p.detail,
  }),
)

/** Writes to the audit log, in the transaction of what it tells of. */
export async function record(trx: Trx, entry: AuditEntry): Promise<void> {
  await insertEntry(trx, { ...entry, id: newId(), detail: JSON.stringify(entry.detail ?? {}) })
}
