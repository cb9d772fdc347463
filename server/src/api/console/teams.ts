import * as contract from '@claviger/contract/api/console/teams.ts'
import type { FastifyInstance } from 'fastify'
import { namesFor } from '../../audit/names.ts'
import { AppError } from '../../errors.ts'
import { reachOf } from '../../nodes/reach.ts'
import { requireRightOver } from '../../nodes/rights.ts'
import { readTimeline } from '../../provisioning/timeline.ts'
import { write } from '../../storage/write.ts'
import { readMemberPage } from '../../teams/member-page.ts'
import { readTeamPage, readTeamRows } from '../../teams/page.ts'
import { purgeTeam } from '../../teams/purge.ts'
import { restoreTeam } from '../../teams/restore.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'
import { USUAL_PAGE } from './users.ts'

/** Teams and their members, and what becomes of archived ones. */
export function teamRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, contract.listTeams, async (caller, { node, ...query }) => {
    const reach = await reachOf(db, caller, node)
    const { rows, ...page } = await readTeamPage(db, reach, { ...query, limit: query.limit ?? USUAL_PAGE })
    return contract.listTeams.answer.parse({ ...page, teams: rows })
  })

  serve(app, context, contract.readTeam, async (caller, { team }) => {
    await requireRightOver(db, caller, { kind: 'team', id: team }, 'read')
    const [[row], stored] = await Promise.all([
      readTeamRows(db, [team]),
      db.selectFrom('teams').select('external_id').where('id', '=', team).executeTakeFirst(),
    ])
    if (row === undefined || stored === undefined) throw new AppError('not_found', 'This team was purged meanwhile.')
    return contract.readTeam.answer.parse({ ...row, externalId: stored.external_id })
  })

  serve(app, context, contract.listTeamMembers, async (caller, { team, ...query }) => {
    await requireRightOver(db, caller, { kind: 'team', id: team }, 'read')
    const { rows, ...page } = await readMemberPage(db, team, { ...query, limit: query.limit ?? USUAL_PAGE })
    const granters = await namesFor(
      db,
      rows.flatMap(({ grantedBy }) => (grantedBy === null ? [] : [{ actor: grantedBy, subject_kind: null, subject_id: null }])),
    )
    const members = rows.map((row) => ({ ...row, grantedBy: row.grantedBy === null ? null : granters.actor(row.grantedBy) }))
    return contract.listTeamMembers.answer.parse({ ...page, members })
  })

  serve(app, context, contract.readTeamTimeline, async (caller, { team, after, limit = USUAL_PAGE }) => {
    await requireRightOver(db, caller, { kind: 'team', id: team }, 'read')
    return readTimeline(db, caller.enterpriseId, team, { after, limit })
  })

  serve(app, context, contract.restoreTeam, async (caller, { team }) => {
    await write(db, async (trx) => {
      const nodeId = await requireRightOver(trx, caller, { kind: 'team', id: team }, 'manage-users')
      await restoreTeam(trx, { nodeId, enterpriseId: caller.enterpriseId, actor: caller.actor, at: Date.now() }, team)
    })
    return {}
  })

  serve(app, context, contract.purgeTeam, async (caller, { team, confirmName }) => {
    await write(db, async (trx) => {
      const nodeId = await requireRightOver(trx, caller, { kind: 'team', id: team }, 'manage')
      const scope = { nodeId, enterpriseId: caller.enterpriseId, actor: caller.actor, at: Date.now() }
      await purgeTeam(trx, scope, team, confirmName)
    })
    return {}
  })
}
