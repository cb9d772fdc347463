import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import { logRequest } from '../provisioning/log.ts'
import { hold } from '../safety/hold.ts'
import { hearOut } from '../safety/supersede.ts'
import type { Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { scopeOf } from './caller.ts'
import type { ScimContext } from './context.ts'
import { actsOf, removalOf, takenBy, wishOf, wouldOf } from './effect.ts'
import type { Operation, Outcome, Told } from './outcome.ts'
import { heldByLimits, pausedByLimits } from './pauses.ts'
import { entryOf } from './request-log.ts'
import { tryOut } from './roll-back.ts'

/**
 * Answers a request that passed the limits of its method, or came while they have paused it: 503, whatever would have come
 * of it. What it would take from people is held, in a write of its own; what it says of others may make void what is held.
 * @param known what it would have done, where that is known
 * @returns only where the limits do not stand in its way any more: then it is to be tried again
 * @throws AppError `paused`
 */
export async function holdBack(
  context: ScimContext,
  request: FastifyRequest,
  intent: string,
  operation: Operation,
  known?: Outcome,
): Promise<void> {
  const { methodId, tokenId } = request.scim
  const scope = scopeOf(request.scim)
  const outcome = known ?? (await tryOut(context.db, scope, operation).catch(refusal))
  const acts = outcome === undefined ? [] : actsOf(request, outcome)
  const taken = outcome === undefined ? [] : takenBy(outcome)
  const answer = taken.length > 0 ? heldByLimits() : pausedByLimits()
  const record = async (trx: Trx) => {
    const removals = acts.flatMap((act) => removalOf(act) ?? [])
    const from = { methodId, tokenId, requestId: request.id }
    if (taken.length > 0 && !(await hold(trx, from, removals, taken, scope.at))) return false
    const others = acts.filter((act) => act.outcome.effect?.takes.length === 0).flatMap((act) => wishOf(act) ?? [])
    if (!(await hearOut(trx, methodId, others, scope.at))) return false
    const told = taken.length > 0 && outcome !== undefined ? toldOfHeld(outcome, wouldOf(acts)) : toldOfPaused(outcome, intent)
    await logRequest(trx, {
      ...entryOf(request, scope.at, httpStatus(answer.code), { ...told, advice: answer.advice }),
      detail: answer.message,
    })
    return true
  }
  if (!(await write(context.db, record))) return
  context.onCommit()
  context.log.markWritten(answer)
  throw answer
}

/** It is paused whatever is wrong with the request; a store that cannot be written to is another matter. */
function refusal(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code === 'unavailable') throw error
}

function toldOfHeld({ told }: Outcome, would: string): Told {
  return { ...told, summary: `Held, not applied. ${would}` }
}

function toldOfPaused(outcome: Outcome | undefined, intent: string): Told {
  const subject = outcome?.effect?.creates === undefined ? outcome?.told : undefined
  return {
    operation: intent,
    subjectKind: subject?.subjectKind ?? null,
    subjectId: subject?.subjectId ?? null,
    summary: 'Not applied: the limits of this method have paused it.',
  }
}
