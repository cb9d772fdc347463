import { searchAll } from '@claviger/contract/api/console/search.ts'
import type { FastifyInstance } from 'fastify'
import { findNodes } from '../../nodes/find-by-name.ts'
import { reachOf } from '../../nodes/reach.ts'
import { readTeamPage } from '../../teams/page.ts'
import { findUserPage } from '../../users/page.ts'
import { readUserRows } from '../../users/rows.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** Of each kind. */
const FEW = 8

/** One search over users, teams and nodes, for the box that Ctrl-K opens. */
export function searchRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, searchAll, async (caller, { q: search }) => {
    const at = Date.now()
    const reach = await reachOf(db, caller)
    const [users, teams, nodes] = await Promise.all([
      findUserPage(db, reach, { search, limit: FEW }, at),
      readTeamPage(db, reach, { search, limit: FEW }),
      findNodes(db, reach, search, FEW),
    ])
    const ids = users.rows.map(({ id }) => id)
    const shown = await readUserRows(db, caller.enterpriseId, ids, at)
    return searchAll.answer.parse({
      users: shown.map(({ userId, email, status, nodeName }) => ({ userId, email, status, nodeName })),
      teams: teams.rows.map(({ teamId, name, status, nodeName }) => ({ teamId, name, status, nodeName })),
      nodes,
    })
  })
}
