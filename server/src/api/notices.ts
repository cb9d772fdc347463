import { listNotices, seeNotices } from '@claviger/contract/api/notices.ts'
import type { FastifyInstance } from 'fastify'
import { markSeen, noticesOf } from '../notices/notices.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** What people are told of their accounts. */
export function noticeRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, listNotices, async ({ userId }) => ({ notices: await noticesOf(db, userId) }))

  serve(app, context, seeNotices, async (caller, { noticeIds }) => {
    await write(db, (trx) => markSeen(trx, caller, noticeIds, Date.now()))
    return {}
  })
}
