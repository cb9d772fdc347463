import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { logRequest } from '../provisioning/log.ts'
import { lockMethod } from '../provisioning/methods.ts'
import { mayTake } from '../safety/limits.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { scopeOf } from './caller.ts'
import type { ScimContext } from './context.ts'
import { takenBy } from './effect.ts'
import { holdBack } from './hold-back.ts'
import { observe } from './observe.ts'
import type { Operation, Outcome } from './outcome.ts'
import { entryOf, failureOf } from './request-log.ts'
import { RolledBack } from './roll-back.ts'

/** How often a request is tried that found the method otherwise than it was let in for. */
const ATTEMPTS = 5

/**
 * Runs a request that writes: the operation and its line in the provisioning log commit together. A refused one leaves
 * nothing but its line, with what to do about it. One that would pass the limits of the method is held; in observe mode
 * none is applied.
 */
export async function perform(context: ScimContext, request: FastifyRequest, intent: string, operation: Operation): Promise<Outcome> {
  if (request.scim.mode === 'observed') return observe(context, request, intent, operation)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const done = request.scim.mode === 'active' ? await apply(context, request, intent, operation) : undefined
    if (done !== undefined && !(done instanceof RolledBack)) return done
    await holdBack(context, request, intent, operation, done?.outcome)
    request.scim = { ...request.scim, mode: 'active' }
  }
  throw new AppError('unavailable', 'The provisioning method was changed several times meanwhile: send the request again.', {
    retryAfter: 1,
  })
}

/** @returns RolledBack where the limits stand in its way. @throws AppError where the operation is refused */
async function apply(context: ScimContext, request: FastifyRequest, intent: string, operation: Operation): Promise<Outcome | RolledBack> {
  const scope = scopeOf(request.scim)
  try {
    const outcome = await write(context.db, async (trx) => {
      const done = await operation(trx, scope)
      await mindLimits(trx, request.scim.methodId, done, scope.at)
      await logRequest(trx, entryOf(request, scope.at, done.status, done.told))
      return done
    })
    context.onCommit()
    context.onRequest(outcome.told.operation, outcome.status)
    return outcome
  } catch (error) {
    if (error instanceof RolledBack) return error
    if (error instanceof AppError) {
      await write(context.db, (trx) => logRequest(trx, failureOf(request, scope.at, intent, error)))
      context.log.markWritten(error)
    }
    throw error
  }
}

/** After the operation: whoever waits for the method's row has all its other rows already, and so holds up nobody who has it. */
async function mindLimits(trx: Trx, methodId: string, outcome: Outcome, at: Millis): Promise<void> {
  const taken = takenBy(outcome)
  if (taken.length === 0 || (await mayTake(trx, await lockMethod(trx, methodId), taken, at))) return
  throw new RolledBack(outcome)
}
