import type { Action } from '@claviger/contract/api/console/actions.ts'
import { sql } from 'kysely'
import type { Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'

/** One thing that somebody did. `actor` is `scim:<token id>`, `user:<id>`, `automator:<id>`, `command` (the command line) or `server`. */
export interface AuditEntry {
  enterpriseId: string
  at: Millis
  actor: string
  /** `<kind>.<past participle>`, as in `user.locked`. */
  action: Action
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
  /** Where it took place, for who administers that node. Left out: the node of the subject, or of the person who acted. */
  nodeId?: string
  /** Never a secret, never a person's name. */
  detail?: Record<string, unknown>
}

type Row = Omit<AuditEntry, 'detail' | 'nodeId'> & { id: string; detail: string }

const insertAtNode = prepare<Row & { nodeId: string }>()((db, p) =>
  db.insertInto('audit_log').values({ ...columnsOf(p), node_id: p.nodeId }),
)

const insertEntry = prepare<Row & { actorId: string }>()((db, p) =>
  db.insertInto('audit_log').values({
    ...columnsOf(p),
    node_id: sql<string | null>`coalesce(
      (select node_id from users where id = cast(${p.subjectId} as text)),
      (select node_id from teams where id = cast(${p.subjectId} as text)),
      (select node_id from users where id = cast(${p.actorId} as text)))`,
  }),
)

function columnsOf(p: Row) {
  return {
    id: p.id,
    enterprise_id: p.enterpriseId,
    at: p.at,
    actor: p.actor,
    action: p.action,
    subject_kind: p.subjectKind,
    subject_id: p.subjectId,
    detail: p.detail,
  }
}

/** Writes to the audit log, in the transaction of what it tells of. */
export async function record(trx: Trx, entry: AuditEntry): Promise<void> {
  const { nodeId, actor, subjectKind } = entry
  const row = { ...entry, id: newId(), detail: JSON.stringify(entry.detail ?? {}) }
  if (nodeId !== undefined) return void (await insertAtNode(trx, { ...row, nodeId }))
  // What is done to the whole enterprise takes place in no node, wherever the person who does it is.
  await insertEntry(trx, { ...row, actorId: subjectKind !== 'enterprise' && actor.startsWith('user:') ? actor.slice(5) : '' })
}
