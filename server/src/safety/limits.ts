import { sql } from 'kysely'
import { AppError } from '../errors.ts'
import { lockMethod, type Method, tellOfMethod } from '../provisioning/methods.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

/** How much a directory may take from the people of its node before an administrator is asked. */
export interface Limits {
  on: boolean
  /** Distinct people within the window. */
  people: number
  /** Of the registered people of the node, within the window; counts from FEW_PEOPLE on. */
  percent: number
  windowMinutes: number
}

/** Limits to be changed; what is undefined stays. */
export type WantedLimits = { [Key in keyof Limits]?: Limits[Key] | undefined }

/** What a directory has taken within the window. */
export interface Taken {
  people: number
  /** Of them, those who have registered, and so lose something. */
  registered: number
  /** Of those, who is not active any more. */
  gone: number
}

/** Up to so many registered people, the limit by percent does not count: a small node has leavers too. */
export const FEW_PEOPLE = 5
/** The longest window; what was taken earlier is forgotten. */
export const LONGEST_WINDOW: Millis = 7 * 24 * 60 * 60 * 1000
const MINUTE: Millis = 60_000

const countTaken = prepare<{ methodId: string; since: Millis; userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('removals')
        .select('user_id')
        .where('method_id', '=', p.methodId)
        .where('at', '>', p.since)
        .union(eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value as user_id'))
        .as('taken'),
    )
    .leftJoin('users as u', 'u.id', 'taken.user_id')
    .select([
      sql<number>`count(*)`.as('people'),
      sql<number>`coalesce(sum(case when u.registered_at is not null then 1 else 0 end), 0)`.as('registered'),
      sql<number>`coalesce(sum(case when u.registered_at is not null and (u.status <> 'active' or u.deleted_at is not null) then 1 else 0 end), 0)`.as(
        'gone',
      ),
    ]),
)

const countActive = prepare<{ nodeId: string; most: number }>()((db, p) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('users')
        .select('id')
        .where('node_id', '=', p.nodeId)
        // Written out, so that the index of just these is used.
        .where('status', '=', sql.lit('active'))
        .where('deleted_at', 'is', null)
        .limit(p.most)
        .as('some'),
    )
    .select(sql<number>`count(*)`.as('active')),
)

const insertRemovals = prepare<{ methodId: string; userIds: string; at: Millis }>()((db, p, dialect) =>
  db
    .insertInto('removals')
    .columns(['method_id', 'user_id', 'at'])
    .expression((eb) =>
      eb
        .selectFrom(idsOf(dialect, p.userIds))
        .select([sql<string>`cast(${p.methodId} as text)`.as('method_id'), 'ids.value', sql<number>`cast(${p.at} as bigint)`.as('at')])
        // SQLite takes the `on` of a conflict for that of a join, unless a condition stands before it.
        .where(sql<boolean>`true`)
        .distinct(),
    )
    .onConflict((conflict) =>
      conflict.columns(['method_id', 'user_id']).doUpdateSet((eb) => ({
        // The clock of another process may be ahead.
        at: sql<Millis>`case when ${eb.ref('excluded.at')} > ${eb.ref('removals.at')} then ${eb.ref('excluded.at')} else ${eb.ref('removals.at')} end`,
      })),
    ),
)

const forgetOld = prepare<{ methodId: string; before: Millis }>()((db, p) =>
  db.deleteFrom('removals').where('method_id', '=', p.methodId).where('at', '<=', p.before),
)

/** The limits of a method. */
export function limitsOf(method: Method): Limits {
  return {
    on: method.limit_on === 1,
    people: method.limit_people,
    percent: method.limit_percent,
    windowMinutes: method.limit_window_ms / MINUTE,
  }
}

/**
 * Whether a directory may take something from these people, within the transaction that does. Where it may, they count from
 * now on. Holding the method's row makes such requests wait for each other: together they could pass a limit.
 * @param method held by lockMethod
 */
export async function mayTake(trx: Trx, method: Method, userIds: readonly string[], at: Millis): Promise<boolean> {
  if (method.paused_by === 'breaker') return false
  if (method.limit_on === 0) return true
  if (await isBeyond(trx, method, userIds, at)) return false
  await insertRemovals(trx, { methodId: method.id, userIds: JSON.stringify(userIds), at })
  await forgetOld(trx, { methodId: method.id, before: at - LONGEST_WINDOW })
  return true
}

/** Whether the limits of a method would be passed by these people too. They need not have lost anything yet. */
export async function isBeyond(db: Db, method: Method, userIds: readonly string[], at: Millis): Promise<boolean> {
  if (method.limit_on === 0) return false
  const taken = await takenWithin(db, method, userIds, at)
  if (taken.people > method.limit_people) return true
  if (taken.registered <= FEW_PEOPLE) return false
  // Of how many that many are just the limit. No more need be counted, however large the node is.
  const most = Math.ceil((taken.registered * 100) / method.limit_percent) - taken.gone
  if (most <= 0) return false
  return (await activePeople(db, method.node_id, most)) < most
}

/** What the directory of a method took within the window that ends at `at`, and would with these people. */
export async function takenWithin(db: Db, method: Method, userIds: readonly string[], at: Millis): Promise<Taken> {
  const { rows } = await countTaken(db, {
    methodId: method.id,
    since: at - method.limit_window_ms,
    userIds: JSON.stringify(userIds),
  })
  const [row] = rows
  return { people: Number(row?.people ?? 0), registered: Number(row?.registered ?? 0), gone: Number(row?.gone ?? 0) }
}

/** How many people of a node are active, counted up to `most`. */
export async function activePeople(db: Db, nodeId: string, most: number): Promise<number> {
  const { rows } = await countActive(db, { nodeId, most })
  return Number(rows[0]?.active ?? 0)
}

/** An approver's word: what was taken before it counts no more. */
export async function forgetTaken(trx: Trx, methodId: string): Promise<void> {
  await trx.deleteFrom('removals').where('method_id', '=', methodId).execute()
}

/** Changes the limits of a method; what is not given stays. @throws AppError `not_found`, `invalid_value` */
export async function setLimits(trx: Trx, methodId: string, wanted: WantedLimits, actor: string, at: Millis): Promise<Method> {
  const before = await lockMethod(trx, methodId)
  const kept = limitsOf(before)
  const limits: Limits = {
    on: wanted.on ?? kept.on,
    people: wanted.people ?? kept.people,
    percent: wanted.percent ?? kept.percent,
    windowMinutes: wanted.windowMinutes ?? kept.windowMinutes,
  }
  requireBetween('people', limits.people, 1, 1_000_000)
  requireBetween('percent', limits.percent, 1, 100)
  requireBetween('minutes of the window', limits.windowMinutes, 1, LONGEST_WINDOW / MINUTE)
  const row = {
    limit_on: limits.on ? (1 as const) : (0 as const),
    limit_people: limits.people,
    limit_percent: limits.percent,
    limit_window_ms: limits.windowMinutes * MINUTE,
  }
  await trx.updateTable('provisioning_methods').set(row).where('id', '=', methodId).execute()
  const method = { ...before, ...row }
  await tellOfMethod(trx, method, 'method.limits-changed', actor, at, { from: kept, to: limits })
  return method
}

function requireBetween(what: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  throw new AppError('invalid_value', `The ${what} of the limits must be a whole number from ${least} to ${most}: nothing was changed.`)
}
