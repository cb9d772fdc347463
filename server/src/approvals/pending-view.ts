import type { PendingCode, PendingKind } from '@claviger/contract/api/pending.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import { type Asking, administeredNodes } from '../nodes/rights.ts'
import type { Db, Millis } from '../storage/database.ts'
import type { Ender } from './unblockers.ts'

/** Who looks at what waits, and how far they see. */
export interface PendingView {
  readonly caller: Asking
  readonly log: LogState
  readonly at: Millis
  /** The nodes that they may read as an administrator; none for members. */
  readonly nodes: readonly string[]
  /** The teams that they are on, pending or not. */
  readonly teams: readonly string[]
  /** Those of them whose newest key they hold: whom these teams wait for, they could admit. */
  readonly held: readonly string[]
  readonly about: About
}

/** What the question is narrowed to: what waits for this person, or on this team. */
export interface About {
  readonly user?: string | undefined
  readonly team?: string | undefined
}

/** One thing that waits, before it is known who can end the wait. */
export interface Waiting {
  kind: PendingKind
  code: PendingCode
  reason: string
  since: Millis
  nodeId: string | null
  teamId?: string | null
  team?: string | null
  userId?: string | null
  email?: string | null
  subjectId?: string
  enders: readonly Ender[]
}

/** Some of one kind, and the place after which there is more; null at the end. */
export interface WaitingPage {
  found: Waiting[]
  last: string | null
}

/** What the caller sees now. @throws AppError `unauthenticated` before the enterprise is set up */
export async function viewOf(db: Db, caller: Asking, about: About, at: Millis): Promise<PendingView> {
  const log = await currentLog(db, caller.enterpriseId)
  if (log === null) throw new AppError('unauthenticated', 'This enterprise is not set up yet.')
  const teams = await db
    .selectFrom('memberships as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['t.id', 't.key_epoch', 'm.state', 'm.epoch'])
    .where('m.user_id', '=', caller.userId)
    .where('t.archived_at', 'is', null)
    .execute()
  return {
    caller,
    log,
    at,
    about,
    nodes: await administeredNodes(db, caller.userId, 'read'),
    teams: teams.map(({ id }) => id),
    held: teams.filter(({ state, epoch, key_epoch: newest }) => state === 'active' && epoch === newest).map(({ id }) => id),
  }
}

/** A page of what was found, where one more than `limit` was asked for. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => string,
  waiting: (row: Row) => Waiting,
): WaitingPage {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { found: page.map(waiting), last: rows.length > limit && last !== undefined ? placeOf(last) : null }
}
