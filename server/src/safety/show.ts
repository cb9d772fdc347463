import type { Method } from '../provisioning/methods.ts'
import { aside } from '../storage/aside.ts'
import type { Db, Millis, PausedBy } from '../storage/database.ts'
import { type HeldTotals, heldTotals } from './held.ts'
import { activePeople, type Limits, limitsOf, takenWithin } from './limits.ts'

/** How a method is kept safe, and how it stands. */
export interface SafetyView {
  limits: Limits
  observe: boolean
  pausedBy: PausedBy | null
  pausedAt: Millis | null
  taken: { people: number; registered: number; registeredOf: number }
  held: HeldTotals
}

/** Reads all active people of the node, aside: the percentage is of them and of those who were taken. */
export async function showSafety(db: Db, method: Method, now: Millis): Promise<SafetyView> {
  const [taken, active, held] = await Promise.all([
    takenWithin(db, method, [], now),
    activePeople(aside(db), method.node_id, Number.MAX_SAFE_INTEGER),
    heldTotals(db, method.id),
  ])
  return {
    limits: limitsOf(method),
    observe: method.observe === 1,
    pausedBy: method.paused_by,
    pausedAt: method.paused_at,
    taken: { people: taken.people, registered: taken.registered, registeredOf: active + taken.gone },
    held,
  }
}

/** How many methods of the installation their limits have paused. */
export async function countPausedByLimits(db: Db): Promise<number> {
  const { methods } = await db
    .selectFrom('provisioning_methods')
    .select(({ fn }) => fn.countAll<number>().as('methods'))
    .where('paused_by', '=', 'breaker')
    .executeTakeFirstOrThrow()
  return Number(methods)
}
