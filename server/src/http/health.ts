import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import type { Db } from '../storage/database.ts'

/** A database that takes longer than this for one row is of no use to a request. */
const ANSWER_WITHIN_MILLIS = 2_000

/**
 * `/healthz`: the process serves; restart it when this fails. `/readyz`: the database answers too; send no requests
 * while it does not. Neither needs a token, neither says more than that.
 */
export function healthRoutes(app: FastifyInstance, db: Db, withinMillis = ANSWER_WITHIN_MILLIS) {
  app.get('/healthz', async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))

  app.get('/readyz', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    try {
      await storeAnswers(db, withinMillis)
      return reply.send({ status: 'ok' })
    } catch (error) {
      request.log.warn({ err: error }, 'not ready')
      return reply
        .code(503)
        .header('retry-after', 5)
        .send({ status: 'unavailable', reason: reasonOf(error) })
    }
  })
}

/** Resolves once the store has read a row. @throws AppError `unavailable` where it has not within the time. */
export async function storeAnswers(db: Db, withinMillis: number): Promise<void> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new AppError('unavailable', `the database has not answered for ${withinMillis / 1000} s`))
  }, withinMillis)
  try {
    await Promise.race([db.selectFrom('secrets').select('name').limit(1).execute(), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** An AppError is written for whoever reads it; a driver's message may hold names of hosts and users. */
function reasonOf(error: unknown) {
  return error instanceof AppError ? error.message : 'the database refuses to answer: see the log of the server'
}
