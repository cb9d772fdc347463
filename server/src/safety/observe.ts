import { AppError } from '../errors.ts'
import { lockMethod, type Method, tellOfMethod } from '../provisioning/methods.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'

/** What a request of a directory would do, to be written down. */
export interface Observation {
  /** Which person or team, as `user <id or address>`: of each the newest is kept. */
  subject: string
  /** `<kind>.<verb>`, or `refused`. */
  operation: string
  subjectKind: 'user' | 'team' | null
  /** null for what it would create. */
  subjectId: string | null
  summary: string
  /** It would change nothing: what was written down of this subject is obsolete. */
  nothing: boolean
  /** Memberships. */
  added: number
  removed: number
}

/**
 * Turns observe mode on or off: while it is on, nothing of the directory is applied. Turned on, it forgets what it saw before.
 * A draft can observe from its first request.
 * @throws AppError `not_found`, `conflict` where removals wait for a decision
 */
export async function setObserve(trx: Trx, methodId: string, observe: boolean, actor: string, at: Millis): Promise<Method> {
  const before = await lockMethod(trx, methodId)
  if ((before.observe === 1) === observe) return before
  if (before.paused_by === 'breaker') {
    throw new AppError('conflict', 'Its limits have paused this method: apply or reject what is held first, then observe.')
  }
  const flag = observe ? (1 as const) : (0 as const)
  if (observe) await trx.deleteFrom('observed_requests').where('method_id', '=', methodId).execute()
  await trx.updateTable('provisioning_methods').set({ observe: flag }).where('id', '=', methodId).execute()
  const method = { ...before, observe: flag }
  await tellOfMethod(trx, method, observe ? 'method.observe-started' : 'method.observe-ended', actor, at)
  return method
}

/** Writes down what a request would have done, and what is void of what was written down before. */
export async function noteObserved(
  trx: Trx,
  { methodId, enterpriseId }: { methodId: string; enterpriseId: string },
  observations: readonly Observation[],
  at: Millis,
): Promise<void> {
  for (const seen of observations) {
    if (seen.nothing) {
      await trx.deleteFrom('observed_requests').where('method_id', '=', methodId).where('subject', '=', seen.subject).execute()
      continue
    }
    const row = {
      id: newId(),
      at,
      operation: seen.operation,
      subject_kind: seen.subjectKind,
      subject_id: seen.subjectId,
      summary: seen.summary,
      added: seen.added,
      removed: seen.removed,
    }
    await trx
      .insertInto('observed_requests')
      .values({ ...row, method_id: methodId, subject: seen.subject, times: 1 })
      .onConflict((conflict) =>
        conflict.columns(['method_id', 'subject']).doUpdateSet((eb) => ({ ...row, times: eb('observed_requests.times', '+', 1) })),
      )
      .execute()
  }
  if (observations.length > 0) await announce(trx, { enterpriseId, kind: 'method', subjectId: methodId, at })
}
