import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findTeam, type Team } from '../../teams/team.ts'
import type { ScimContext } from '../context.ts'
import { listPage } from '../lists/list-page.ts'
import { type ListQuery, readListQuery, readResourceQuery, readSearchRequest } from '../lists/list-query.ts'
import type { Projection } from '../lists/projection.ts'
import { sendOutcome } from '../outcome.ts'
import { perform } from '../perform.ts'
import { isKnown } from '../preconditions.ts'
import { etag } from '../present.ts'
import { queryOf } from '../query.ts'
import { groupType } from '../schemas/resource-type.ts'
import { groupJson, groupListJson, sendPieces } from './group-json.ts'
import { patchGroup, postGroup, putGroup, removeGroup } from './group-operations.ts'

type ById = { Params: { id: string } }

/** Groups, as a directory pushes them (RFC 7644 §3). */
export function groupRoutes(scim: FastifyInstance, context: ScimContext) {
  scim.get('/Groups', async (request, reply) => {
    return answerGroups(context, request, reply, readListQuery(queryOf(request), groupType, context.limits))
  })

  scim.post('/Groups/.search', async (request, reply) => {
    return answerGroups(context, request, reply, readSearchRequest(request.body, groupType, context.limits))
  })

  scim.post('/Groups', async (request, reply) => {
    const projection = readResourceQuery(queryOf(request), groupType)
    let team: { id: string } | undefined
    const outcome = await perform(context, request, 'team.create', async (trx, scope) => {
      const done = await postGroup(trx, scope, request.scim.base, request.body)
      team = done.team
      return done
    })
    reply.code(201).header('Location', outcome.location)
    return sendGroup(context, request, reply, team?.id ?? '', projection)
  })

  scim.get<ById>('/Groups/:id', async (request, reply) => {
    const projection = readResourceQuery(queryOf(request), groupType)
    const team = await findTeam(context.db, request.scim.nodeId, request.params.id)
    const told = { operation: 'team.read', subjectKind: 'team', subjectId: team.id, summary: `Read team ${team.name}.` } as const
    if (isKnown(request.headers['if-none-match'], team.version)) {
      context.log.answered(request, 304, told)
      return reply.header('ETag', etag(team.version)).code(304).send()
    }
    context.log.answered(request, 200, told)
    return sendTeam(context, request, reply, team, projection)
  })

  scim.put<ById>('/Groups/:id', async (request, reply) => {
    const { id } = request.params
    const projection = readResourceQuery(queryOf(request), groupType)
    await perform(context, request, 'team.update', (trx, scope) => putGroup(trx, scope, id, request.body, request.headers['if-match']))
    return sendGroup(context, request, reply, id, projection)
  })

  scim.patch<ById>('/Groups/:id', async (request, reply) => {
    const outcome = await perform(context, request, 'team.update', (trx, scope) =>
      patchGroup(trx, scope, request.params.id, request.body, request.headers['if-match']),
    )
    return sendOutcome(reply, outcome)
  })

  scim.delete<ById>('/Groups/:id', async (request, reply) => {
    const outcome = await perform(context, request, 'team.archive', (trx, scope) =>
      removeGroup(trx, scope, request.params.id, request.headers['if-match']),
    )
    return sendOutcome(reply, outcome)
  })
}

/** The groups that a query finds, each as the pieces of its text. Used by the search at the root too. */
export async function findGroups(context: ScimContext, request: FastifyRequest, query: ListQuery) {
  const page = await listPage(context, request.scim.nodeId, 'teams', query)
  return { ...page, groups: page.rows.map((team) => groupJson(context.db, team, request.scim.base, query.projection)) }
}

async function answerGroups(context: ScimContext, request: FastifyRequest, reply: FastifyReply, query: ListQuery) {
  const found = await findGroups(context, request, query)
  context.log.answered(request, 200, {
    operation: 'team.list',
    subjectKind: null,
    subjectId: null,
    summary: `Listed ${found.groups.length} of ${found.total} teams.`,
  })
  return sendPieces(reply, groupListJson(found.groups, found))
}

/** Presents a team as it is now: after a commit, what was committed. */
async function sendGroup(
  context: ScimContext,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  projection: Projection | undefined,
) {
  return sendTeam(context, request, reply, await findTeam(context.db, request.scim.nodeId, id), projection)
}

function sendTeam(context: ScimContext, request: FastifyRequest, reply: FastifyReply, team: Team, projection: Projection | undefined) {
  reply.header('ETag', etag(team.version))
  return sendPieces(reply, groupJson(context.db, team, request.scim.base, projection))
}
