import type { Database, Db, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'

export type LogEntry = Database['provisioning_log']

const insertEntry = prepare<LogEntry>()((db, p) =>
  db.insertInto('provisioning_log').values({
    id: p.id,
    enterprise_id: p.enterprise_id,
    node_id: p.node_id,
    method_id: p.method_id,
    token_id: p.token_id,
    at: p.at,
    request_id: p.request_id,
    http_method: p.http_method,
    path: p.path,
    status: p.status,
    operation: p.operation,
    subject_kind: p.subject_kind,
    subject_id: p.subject_id,
    summary: p.summary,
    detail: p.detail,
    advice: p.advice,
    request_body: p.request_body,
  }),
)

/** Writes one request of a directory to the provisioning log. Bodies come here redacted; ids put the requests in order. */
export async function logRequest(trx: Trx, entry: LogEntry): Promise<void> {
  const { summary, detail, advice } = entry
  await insertEntry(trx, { ...entry, summary: storable(summary), detail: storable(detail), advice: storable(advice) })
}

/** Words may repeat what a client sent, and PostgreSQL cannot store U+0000: an attacker's request must not go unlogged by it. */
function storable<T extends string | null>(text: T): T | string {
  return text?.includes('\0') ? text.replaceAll('\0', '\u{FFFD}') : text
}

/** The log of a node, oldest first, after the entry `after` (null: from the start); or the last `limit` entries with `newest`. */
export async function readLog(
  db: Db,
  nodeId: string,
  page: { after?: string | undefined; newest?: boolean; limit: number },
): Promise<LogEntry[]> {
  const entries = await db
    .selectFrom('provisioning_log')
    .selectAll()
    .where('node_id', '=', nodeId)
    .$if(page.after !== undefined, (query) => query.where('id', '>', page.after ?? ''))
    .orderBy('id', page.newest ? 'desc' : 'asc')
    .limit(page.limit)
    .execute()
  return page.newest ? entries.reverse() : entries
}
