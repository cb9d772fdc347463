import { ask } from '../../worker/ask.ts'
import type { InputOf } from '../../worker/routes.ts'
import type { UserRow } from './user-columns.tsx'
import type { UserQuery } from './user-filters.tsx'

/** As many as the server takes in one request. */
const BATCH = 500
const LONGEST_PAGE = 200

export type BulkAct = InputOf<'actOnUsers'>['act']

/** Somebody on whom something is done. */
export type Target = Pick<UserRow, 'userId' | 'email'>

/** What became of many. Nobody is half done: each was changed, or is as before. */
export interface BulkReport {
  readonly act: BulkAct
  readonly done: readonly Target[]
  /** Were like this already. */
  readonly unchanged: readonly Target[]
  readonly refused: readonly (Target & { why: string })[]
  /** Not done, because it takes something from others: to be decided. */
  readonly toConfirm: readonly (Target & { why: string })[]
  /** Were not reached, because it was stopped or failed. */
  readonly left: number
  readonly error: unknown
}

/** Everybody who fits, page by page. Who comes in while it is read may be missed. @throws WorkerRefusal */
export async function findTargets(query: UserQuery, signal: AbortSignal, onFound: (found: number) => void): Promise<Target[]> {
  const targets: Target[] = []
  let after: string | null | undefined
  do {
    signal.throwIfAborted()
    const page = await ask('listUsers', { ...query, limit: LONGEST_PAGE, ...(typeof after === 'string' && { after }) })
    targets.push(...page.users.map(({ userId, email }) => ({ userId, email })))
    after = page.next
    onFound(targets.length)
  } while (after !== null)
  return targets
}

/** Does the same with all of them, in batches. Between batches it can be stopped; what fails ends it, and what was done stays done. */
export async function runBulk(
  act: BulkAct,
  targets: readonly Target[],
  confirm: boolean,
  signal: AbortSignal,
  onDone: (done: number) => void,
): Promise<BulkReport> {
  const done: Target[] = []
  const unchanged: Target[] = []
  const refused: (Target & { why: string })[] = []
  const toConfirm: (Target & { why: string })[] = []
  let reached = 0
  let error: unknown = null
  while (reached < targets.length && !signal.aborted && error === null) {
    const batch = targets.slice(reached, reached + BATCH)
    try {
      const byId = new Map(batch.map((target) => [target.userId, target]))
      const { results } = await ask('actOnUsers', { act, users: batch.map(({ userId }) => userId), confirm })
      for (const { userId, outcome, message } of results) {
        const target = byId.get(userId)
        if (target === undefined) continue
        if (outcome === 'done') done.push(target)
        else if (outcome === 'unchanged') unchanged.push(target)
        else (outcome === 'confirm' ? toConfirm : refused).push({ ...target, why: message ?? '' })
      }
      reached += batch.length
      onDone(reached)
    } catch (thrown) {
      error = thrown
    }
  }
  return { act, done, unchanged, refused, toConfirm, left: targets.length - reached, error }
}
