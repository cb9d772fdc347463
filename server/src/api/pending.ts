import { readPending as contract } from '@claviger/contract/api/pending.ts'
import type { FastifyInstance } from 'fastify'
import { readPending } from '../approvals/pending.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** What waits, why, and who can end the wait. */
export function pendingRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, context, contract, (caller, page) => readPending(context.db, caller, page, Date.now()))
}
