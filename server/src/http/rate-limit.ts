import type { Db, Millis, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'
import { write } from '../storage/write.ts'

/** Rows that one transaction removes, so that it holds up no request. */
const REMOVED_AT_ONCE = 1000

/** Whether one more is allowed, and if not, after how many whole seconds it will be (what `Retry-After` takes). */
export interface HitAnswer {
  allowed: boolean
  /** 0 where it is allowed. */
  retryAfter: number
}

interface Hit {
  key: string
  now: Millis
  resetsAt: Millis
}

const upsertHit = prepare<Hit>()((db, p) =>
  db
    .insertInto('rate_limits')
    .values({ key: p.key, hits: 1, resets_at: p.resetsAt })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => {
        const isOver = eb('rate_limits.resets_at', '<=', p.now)
        return {
          hits: eb
            .case()
            .when(isOver)
            .then(eb.ref('excluded.hits'))
            .else(eb('rate_limits.hits', '+', 1))
            .end(),
          resets_at: eb.case().when(isOver).then(eb.ref('excluded.resets_at')).else(eb.ref('rate_limits.resets_at')).end(),
        }
      }),
    )
    .returning(['hits', 'resets_at']),
)

const selectHits = prepare<{ key: string; now: Millis }>()((db, p) =>
  db.selectFrom('rate_limits').select(['hits', 'resets_at']).where('key', '=', p.key).where('resets_at', '>', p.now),
)

/**
 * Counts a hit of `key` and says whether it is within `limit` hits a window. The window starts with the first hit and
 * lasts `windowMillis`; the count lives in the store, so it holds across processes and restarts. One statement, one
 * transaction of its own: the hit counts even where the request that made it fails.
 */
export async function takeHit(db: Db, key: string, limit: number, windowMillis: number, now: Millis): Promise<HitAnswer> {
  const { rows } = await write(db, (trx) => upsertHit(trx, { key, now, resetsAt: now + windowMillis }))
  const [row] = rows
  if (!row) throw new Error('counting a hit returned no row')
  return answerFor(row, limit, now)
}

/**
 * Whether `key` has used up its `limit`, without counting: refuses those who keep asking at the cost of a read, where
 * takeHit would write to disk for each of them.
 */
export async function peekHits(db: Db, key: string, limit: number, now: Millis): Promise<HitAnswer> {
  const { rows } = await selectHits(db, { key, now })
  const [row] = rows
  return row ? answerFor({ ...row, hits: row.hits + 1 }, limit, now) : { allowed: true, retryAfter: 0 }
}

/** Removes windows that are over, at most 1,000: call it until it answers less. @returns how many were removed */
export async function removeStaleHits(trx: Trx, now: Millis): Promise<number> {
  const stale = await trx
    .deleteFrom('rate_limits')
    .where('key', 'in', (eb) => eb.selectFrom('rate_limits').select('key').where('resets_at', '<=', now).limit(REMOVED_AT_ONCE))
    .where('resets_at', '<=', now)
    .returning('key')
    .execute()
  return stale.length
}

function answerFor(row: { hits: number; resets_at: Millis }, limit: number, now: Millis): HitAnswer {
  const allowed = row.hits <= limit
  return { allowed, retryAfter: allowed ? 0 : Math.max(1, Math.ceil((row.resets_at - now) / 1000)) }
}
