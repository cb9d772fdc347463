import { namesFor } from '../audit/names.ts'
import { aside } from '../storage/aside.ts'
import type { Database, Db, Millis } from '../storage/database.ts'
import { type Page, readPage, type WantedPage } from '../storage/page.ts'

/** What a directory would do, by what it would do: each person and team once, with the newest that it asked for. */
export interface ObservedCounts {
  /** By operation, `<kind>.<verb>`, and `refused`; operations of which there are none are left out. */
  operations: { operation: string; count: number }[]
  memberships: { added: number; removed: number }
}

/** The newest that a directory asked of a person or team. */
export interface ObservedView {
  observedId: string
  at: Millis
  times: number
  operation: string
  subject: { kind: 'user' | 'team'; id: string; name: string | null } | null
  summary: string
}

/** Counts what a method has observed. Reads all of it, aside. */
export async function countObserved(db: Db, methodId: string): Promise<ObservedCounts> {
  const rows = await aside(db)
    .selectFrom('observed_requests')
    .select(({ fn }) => [
      'operation',
      fn.countAll<number>().as('count'),
      fn.sum<number>('added').as('added'),
      fn.sum<number>('removed').as('removed'),
    ])
    .where('method_id', '=', methodId)
    .groupBy('operation')
    .orderBy('operation')
    .execute()
  return {
    operations: rows.map(({ operation, count }) => ({ operation, count: Number(count) })),
    memberships: {
      added: rows.reduce((sum, { added }) => sum + Number(added), 0),
      removed: rows.reduce((sum, { removed }) => sum + Number(removed), 0),
    },
  }
}

/** A page of what was observed, newest first; of one operation where it is given. */
export async function listObserved(db: Db, methodId: string, operation: string | undefined, page: WantedPage): Promise<Page<ObservedView>> {
  const { rows, ...places } = await readPage(
    page,
    ({ id }: Database['observed_requests']) => id,
    ({ from, backwards, limit }) =>
      db
        .selectFrom('observed_requests')
        .selectAll()
        .where('method_id', '=', methodId)
        .$if(operation !== undefined, (query) => query.where('operation', '=', operation ?? ''))
        .$if(from !== undefined, (query) => query.where('id', backwards ? '>' : '<', from ?? ''))
        .orderBy('id', backwards ? 'asc' : 'desc')
        .limit(limit)
        .execute(),
  )
  const names = await namesFor(db, rows)
  return {
    ...places,
    rows: rows.map(({ id, at, times, operation: done, subject_kind: kind, subject_id: subjectId, summary }) => ({
      observedId: id,
      at,
      times,
      operation: done,
      subject: kind === null || subjectId === null ? null : { kind, id: subjectId, name: names.subject(kind, subjectId).name },
      summary,
    })),
  }
}
