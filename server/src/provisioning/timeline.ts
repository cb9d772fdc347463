import { type ActivityRow, activityOf } from '../audit/find.ts'
import type { Db, Millis } from '../storage/database.ts'

/** What happened to a user or a team: done by somebody, or asked for by a directory. */
export type TimelineRow =
  | (ActivityRow & { source: 'activity' })
  | {
      source: 'directory'
      id: string
      at: Millis
      operation: string
      status: number
      summary: string
      detail: string | null
      advice: string | null
      requestId: string
    }

/** A page of a timeline, newest first, after the entry `after`. Two indexed ranges, merged by their ids, which are in the order of time. */
export async function readTimeline(
  db: Db,
  enterpriseId: string,
  subjectId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ entries: TimelineRow[]; next: string | null }> {
  const [activity, requests] = await Promise.all([
    activityOf(db, enterpriseId, subjectId, { after, limit: limit + 1 }),
    db
      .selectFrom('provisioning_log')
      .select(['id', 'at', 'operation', 'status', 'summary', 'detail', 'advice', 'request_id as requestId'])
      .where('subject_id', '=', subjectId)
      .where('enterprise_id', '=', enterpriseId)
      .$if(after !== undefined, (rows) => rows.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute(),
  ])
  const merged = [
    ...activity.map((row) => ({ ...row, source: 'activity' as const })),
    ...requests.map((row) => ({ ...row, source: 'directory' as const })),
  ].toSorted((a, b) => (a.id < b.id ? 1 : -1))
  const entries = merged.slice(0, limit)
  return { entries, next: merged.length > limit ? (entries.at(-1)?.id ?? null) : null }
}
