import { Readable } from 'node:stream'
import { ActivityExport, exportPath, listActivity } from '@claviger/contract/api/console/activity.ts'
import type { FastifyInstance } from 'fastify'
import { exportActivity } from '../../audit/export.ts'
import { findActivity } from '../../audit/find.ts'
import { reachOf } from '../../nodes/reach.ts'
import { authenticate } from '../authenticate.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'
import { USUAL_PAGE } from './users.ts'

const types = { csv: 'text/csv; charset=utf-8; header=present', jsonl: 'application/jsonl; charset=utf-8' }

/** What was done by whom, to read and to take away. */
export function activityRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, listActivity, async (caller, { after, limit = USUAL_PAGE, ...query }) => {
    const found = await findActivity(db, await reachOf(db, caller), query, { after, limit: limit + 1 })
    const entries = found.slice(0, limit)
    return { entries, next: found.length > limit ? (entries.at(-1)?.id ?? null) : null }
  })

  app.get(exportPath, async (request, reply) => {
    const caller = await authenticate(db, request, 'user')
    const { format, ...query } = ActivityExport.parse(request.query)
    if (caller.kind !== 'user') throw new TypeError('an automator was let in where only people are')
    const reach = await reachOf(db, caller)
    const day = new Date().toISOString().slice(0, 10)
    reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="claviger-activity-${day}.${format}"`)
      .type(types[format])
    return reply.send(Readable.from(exportActivity(db, reach, query, format)))
  })
}
