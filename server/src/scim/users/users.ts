import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { teamsOfUsers } from '../../teams/of-users.ts'
import { findUser } from '../../users/user.ts'
import type { ScimContext } from '../context.ts'
import type { JsonObject } from '../json-value.ts'
import { listPage } from '../lists/list-page.ts'
import { type ListQuery, readListQuery, readResourceQuery, readSearchRequest } from '../lists/list-query.ts'
import { listResponse } from '../lists/list-response.ts'
import { type Projection, project, wants } from '../lists/projection.ts'
import { SCIM_TYPE, sendOutcome } from '../outcome.ts'
import { perform } from '../perform.ts'
import { isKnown } from '../preconditions.ts'
import { etag, presentUser } from '../present.ts'
import { queryOf } from '../query.ts'
import { userType } from '../schemas/resource-type.ts'
import { patchUserById, postUser, putUser, removeUser } from './user-operations.ts'
import { toStoredUser } from './user-person.ts'

type ById = { Params: { id: string } }

/** Users, as a directory assigns them (RFC 7644 §3). */
export function userRoutes(scim: FastifyInstance, context: ScimContext) {
  scim.get('/Users', async (request, reply) => {
    return answerUsers(context, request, reply, readListQuery(queryOf(request), userType, context.limits))
  })

  scim.post('/Users/.search', async (request, reply) => {
    return answerUsers(context, request, reply, readSearchRequest(request.body, userType, context.limits))
  })

  scim.post('/Users', async (request, reply) => {
    const projection = readResourceQuery(queryOf(request), userType)
    const outcome = await perform(context, request, 'user.create', (trx, scope) => postUser(trx, scope, request.scim, request.body))
    return sendOutcome(reply, projected(outcome, projection))
  })

  scim.get<ById>('/Users/:id', async (request, reply) => {
    const projection = readResourceQuery(queryOf(request), userType)
    const user = await findUser(context.db, request.scim.nodeId, request.params.id)
    const told = { operation: 'user.read', subjectKind: 'user', subjectId: user.id, summary: `Read ${user.email}.` } as const
    reply.header('ETag', etag(user.version))
    if (isKnown(request.headers['if-none-match'], user.version)) {
      context.log.answered(request, 304, told)
      return reply.code(304).send()
    }
    const groups = wants(projection, 'groups') ? await teamsOfUsers(context.db, [user.id]) : undefined
    const shown = presentUser(toStoredUser(user, groups?.get(user.id)), request.scim.base)
    context.log.answered(request, 200, told)
    return reply.type(SCIM_TYPE).send(JSON.stringify(project(shown, projection)))
  })

  scim.put<ById>('/Users/:id', async (request, reply) => {
    const projection = readResourceQuery(queryOf(request), userType)
    const outcome = await perform(context, request, 'user.update', (trx, scope) =>
      putUser(trx, scope, request.scim, request.params.id, request.body, request.headers['if-match']),
    )
    return sendOutcome(reply, projected(outcome, projection))
  })

  scim.patch<ById>('/Users/:id', async (request, reply) => {
    const projection = readResourceQuery(queryOf(request), userType)
    const outcome = await perform(context, request, 'user.update', (trx, scope) =>
      patchUserById(trx, scope, request.scim, request.params.id, request.body, request.headers['if-match']),
    )
    return sendOutcome(reply, projected(outcome, projection))
  })

  scim.delete<ById>('/Users/:id', async (request, reply) => {
    const outcome = await perform(context, request, 'user.delete', (trx, scope) =>
      removeUser(trx, scope, request.params.id, request.headers['if-match']),
    )
    return sendOutcome(reply, outcome)
  })
}

/** The users that a query finds, as resources. Used by the search at the root too. */
export async function findUsers(context: ScimContext, request: FastifyRequest, query: ListQuery) {
  const page = await listPage(context, request.scim.nodeId, 'users', query)
  const ids = page.rows.map(({ id }) => id)
  const groups = wants(query.projection, 'groups') ? await teamsOfUsers(context.db, ids) : undefined
  const resources = page.rows.map((user) =>
    project(presentUser(toStoredUser(user, groups?.get(user.id)), request.scim.base), query.projection),
  )
  return { ...page, resources }
}

async function answerUsers(context: ScimContext, request: FastifyRequest, reply: FastifyReply, query: ListQuery) {
  const found = await findUsers(context, request, query)
  context.log.answered(request, 200, {
    operation: 'user.list',
    subjectKind: null,
    subjectId: null,
    summary: `Listed ${found.resources.length} of ${found.total} users.`,
  })
  return reply.type(SCIM_TYPE).send(JSON.stringify(listResponse(found.resources, found)))
}

function projected<T extends { readonly body?: JsonObject }>(outcome: T, projection: Projection | undefined): T {
  return outcome.body === undefined || projection === undefined ? outcome : { ...outcome, body: project(outcome.body, projection) }
}
