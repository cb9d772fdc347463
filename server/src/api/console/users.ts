import * as contract from '@claviger/contract/api/console/users.ts'
import type { FastifyInstance } from 'fastify'
import { reachOf } from '../../nodes/reach.ts'
import { requireRightOver } from '../../nodes/rights.ts'
import { readTimeline } from '../../provisioning/timeline.ts'
import { readUserDetails, teamsOfUser } from '../../users/details.ts'
import { findUserPage } from '../../users/page.ts'
import { readUserRows } from '../../users/rows.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** Rows of a page, where the caller does not say. */
export const USUAL_PAGE = 50

/** The list of users, and what is to be read of one. */
export function userRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, contract.listUsers, async (caller, { node, ...query }) => {
    const at = Date.now()
    const reach = await reachOf(db, caller, node)
    const { rows, ...page } = await findUserPage(db, reach, { ...query, limit: query.limit ?? USUAL_PAGE }, at)
    const ids = rows.map(({ id }) => id)
    return contract.listUsers.answer.parse({ ...page, users: await readUserRows(db, caller.enterpriseId, ids, at) })
  })

  serve(app, context, contract.readUser, async (caller, { user }) => {
    await requireRightOver(db, caller, { kind: 'user', id: user }, 'read')
    return contract.readUser.answer.parse(await readUserDetails(db, await reachOf(db, caller), user, Date.now()))
  })

  serve(app, context, contract.listUserTeams, async (caller, { user }) => {
    await requireRightOver(db, caller, { kind: 'user', id: user }, 'read')
    return contract.listUserTeams.answer.parse(await teamsOfUser(db, user))
  })

  serve(app, context, contract.readUserTimeline, async (caller, { user, after, limit = USUAL_PAGE }) => {
    await requireRightOver(db, caller, { kind: 'user', id: user }, 'read')
    return readTimeline(db, caller.enterpriseId, user, { after, limit })
  })
}
