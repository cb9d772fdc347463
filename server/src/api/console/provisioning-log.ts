import { listProvisioningLog } from '@claviger/contract/api/console/provisioning-log.ts'
import type { FastifyInstance } from 'fastify'
import { reachOf } from '../../nodes/reach.ts'
import { findLog } from '../../provisioning/find-log.ts'
import type { Millis } from '../../storage/database.ts'
import { smallestIdAt } from '../../storage/time-of-id.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'
import { USUAL_PAGE } from './users.ts'

/** A line can be sorted in by so much later than its id says: it waited for others, or for its transaction. */
const OVERTAKEN: Millis = 2_000

/** The requests of the directories. */
export function provisioningLogRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, listProvisioningLog, async (caller, { node, after, before, limit = USUAL_PAGE, ...query }) => {
    const reach = await reachOf(db, caller, node)
    const settled = smallestIdAt(Date.now() - OVERTAKEN)
    const oldestFirst = after !== undefined
    // Who follows is told what is settled, so that going on from there misses nothing.
    const walk = { from: after ?? before, until: oldestFirst ? settled : undefined, oldestFirst, limit: limit + 1 }
    const found = await findLog(db, reach, query, walk)
    const entries = found.slice(0, limit)
    const last = entries.at(-1)?.id
    const more = found.length > limit
    return listProvisioningLog.answer.parse({
      entries,
      next: more && !oldestFirst ? (last ?? null) : null,
      follow: more && oldestFirst ? (last ?? after) : later(after ?? '', settled),
    })
  })
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
