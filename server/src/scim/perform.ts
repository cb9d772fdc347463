import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Scope } from '../nodes/scope.ts'
import { logRequest } from '../provisioning/log.ts'
import type { Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { scopeOf } from './caller.ts'
import type { ScimContext } from './context.ts'
import type { Outcome } from './outcome.ts'
import { entryOf, failureOf } from './request-log.ts'

/** An operation of a directory, within the transaction of its request. */
export type Operation = (trx: Trx, scope: Scope) => Promise<Outcome>

/**
 * Runs a request that writes: the operation and its line in the provisioning log commit together. A refused one leaves
 * nothing but its line, with what to do about it.
 */
export async function perform(context: ScimContext, request: FastifyRequest, intent: string, operation: Operation): Promise<Outcome> {
  const scope = scopeOf(request.scim)
  try {
    const outcome = await write(context.db, async (trx) => {
      const done = await operation(trx, scope)
      await logRequest(trx, entryOf(request, scope.at, done.status, done.told))
      return done
    })
    context.onCommit()
    context.onRequest(outcome.told.operation, outcome.status)
    return outcome
  } catch (error) {
    if (error instanceof AppError) {
      await write(context.db, (trx) => logRequest(trx, failureOf(request, scope.at, intent, error)))
      context.log.markWritten(error)
    }
    throw error
  }
}
