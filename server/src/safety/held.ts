import type { Selectable } from 'kysely'
import { namesFor } from '../audit/names.ts'
import { aside } from '../storage/aside.ts'
import type { Database, Db, Millis } from '../storage/database.ts'
import { type Page, readPage, type WantedPage } from '../storage/page.ts'
import type { HeldState } from '../storage/safety-tables.ts'

/** A held request, as the store has it. */
export type HeldRequest = Selectable<Database['held_requests']>

/** What is held of a method. */
export interface HeldTotals {
  /** Waiting for a decision, or decided upon and about to be applied. */
  requests: number
  /** Distinct people whom they would take something from. */
  people: number
  /** The newest of them; null where nothing is held. */
  newest: string | null
  /** Of them, those that are decided upon and not applied yet: somebody applies them now, or was interrupted. */
  approved: number
}

/** A held request as people read it. */
export interface HeldView {
  heldId: string
  at: Millis
  lastAt: Millis
  times: number
  operation: string
  subject: { kind: 'user' | 'team'; id: string; name: string | null }
  summary: string
  people: number
  /** Some of the people, by e-mail address; all of them where there are few. */
  who: string[]
  state: HeldState
  decidedAt: Millis | null
  decidedBy: { kind: string; id: string | null; name: string | null } | null
  result: string | null
}

/** Addresses that one held request names. */
const MOST_NAMED = 20
export const OPEN_STATES = ['held', 'approved'] as const
const DECIDED_STATES = ['applied', 'failed', 'rejected', 'superseded'] as const

/** How much is held of a method. */
export async function heldTotals(db: Db, methodId: string): Promise<HeldTotals> {
  const [rows, people] = await Promise.all([
    db
      .selectFrom('held_requests')
      .select(({ fn }) => ['state', fn.countAll<number>().as('requests'), fn.max('id').as('newest')])
      .where('method_id', '=', methodId)
      .where('state', 'in', OPEN_STATES)
      .groupBy('state')
      .execute(),
    aside(db)
      .selectFrom('held_requests as h')
      .innerJoin('held_people as p', 'p.held_id', 'h.id')
      .select(({ fn }) => fn.count<number>('p.user_id').distinct().as('people'))
      .where('h.method_id', '=', methodId)
      .where('h.state', 'in', OPEN_STATES)
      .executeTakeFirstOrThrow(),
  ])
  const newest = rows.map((row) => row.newest).toSorted()
  return {
    requests: rows.reduce((sum, row) => sum + Number(row.requests), 0),
    people: Number(people.people),
    newest: newest.at(-1) ?? null,
    approved: Number(rows.find(({ state }) => state === 'approved')?.requests ?? 0),
  }
}

/** A page of what is held, in the order in which it came, or of what was decided, newest first. */
export async function listHeld(db: Db, methodId: string, which: 'open' | 'decided', page: WantedPage): Promise<Page<HeldView>> {
  const newestFirst = which === 'decided'
  const { rows, ...places } = await readPage(
    page,
    ({ id }: HeldRequest) => id,
    ({ from, backwards, limit }) => {
      const descending = newestFirst !== backwards
      return db
        .selectFrom('held_requests')
        .selectAll()
        .where('method_id', '=', methodId)
        .where('state', 'in', which === 'open' ? OPEN_STATES : DECIDED_STATES)
        .$if(from !== undefined, (query) => query.where('id', descending ? '<' : '>', from ?? ''))
        .orderBy('id', descending ? 'desc' : 'asc')
        .limit(limit)
        .execute()
    },
  )
  return { ...places, rows: await show(db, rows) }
}

async function show(db: Db, rows: readonly HeldRequest[]): Promise<HeldView[]> {
  const names = await namesFor(
    db,
    rows.map((row) => ({ ...row, ...(row.decided_by !== null && { actor: row.decided_by }) })),
  )
  return Promise.all(
    rows.map(async (row) => ({
      heldId: row.id,
      at: row.at,
      lastAt: row.last_at,
      times: row.times,
      operation: row.operation,
      subject: { kind: row.subject_kind, id: row.subject_id, name: names.subject(row.subject_kind, row.subject_id).name },
      summary: row.summary,
      people: row.people,
      who: row.subject_kind === 'user' ? [] : await someOf(db, row.id),
      state: row.state,
      decidedAt: row.decided_at,
      decidedBy: row.decided_by === null ? null : names.actor(row.decided_by),
      result: row.result,
    })),
  )
}

async function someOf(db: Db, heldId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('held_people as p')
    .innerJoin('users as u', 'u.id', 'p.user_id')
    .select('u.email')
    .where('p.held_id', '=', heldId)
    .orderBy('p.user_id')
    .limit(MOST_NAMED)
    .execute()
  return rows.map(({ email }) => email)
}
