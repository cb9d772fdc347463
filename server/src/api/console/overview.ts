import { Overview, readOverview } from '@claviger/contract/api/console/overview.ts'
import type { FastifyInstance } from 'fastify'
import { countWaiting } from '../../approvals/waiting-figures.ts'
import { type NodeReach, reachOf } from '../../nodes/reach.ts'
import { operationsByDay } from '../../provisioning/days.ts'
import { lastContact, methodsIn } from '../../provisioning/figures.ts'
import type { Millis } from '../../storage/database.ts'
import { countTeamsByNode, type TeamCounts } from '../../teams/figures.ts'
import { countUsers, timeToAccess } from '../../users/figures.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

const DAYS = 30
const DAY: Millis = 24 * 60 * 60 * 1000

/** How the nodes of the caller are, at a glance. */
export function overviewRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, readOverview, async (caller) => {
    const now = Date.now()
    const reach = await reachOf(db, caller)
    const methods = await methodsIn(db, reach)
    const nodeIds = methods.map(({ nodeId }) => nodeId)
    const { users, invitedSince } = await countUsers(db, reach)
    const [teams, waiting, directories, days, access] = await Promise.all([
      countTeamsByNode(db, reach),
      countWaiting(db, reach, { count: users.invited, since: invitedSince }, now),
      Promise.all(methods.map(async (method) => ({ ...method, lastContactAt: (await lastContact(db, method.nodeId))?.at ?? null }))),
      operationsByDay(db, nodeIds, DAYS, now),
      timeToAccess(db, reach, now - DAYS * DAY),
    ])
    return Overview.parse({
      users,
      teams: sumOf(reach, teams),
      waiting,
      directories,
      days,
      timeToAccess: access,
    })
  })
}

function sumOf({ nodes }: NodeReach, byNode: ReadonlyMap<string, TeamCounts>): TeamCounts {
  const sum = { pending: 0, active: 0, archived: 0 }
  for (const nodeId of nodes) {
    const counts = byNode.get(nodeId)
    sum.pending += counts?.pending ?? 0
    sum.active += counts?.active ?? 0
    sum.archived += counts?.archived ?? 0
  }
  return sum
}
