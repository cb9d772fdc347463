import type { FastifyInstance } from 'fastify'
import { AppError } from '../../errors.ts'
import type { ScimContext } from '../context.ts'
import { groupListJson, sendPieces } from '../groups/group-json.ts'
import { findGroups } from '../groups/groups.ts'
import { queryOf } from '../query.ts'
import { anyType } from '../schemas/resource-type.ts'
import { findUsers } from '../users/users.ts'
import { type ListQuery, readListQuery, readSearchRequest } from './list-query.ts'

/**
 * The search over users and teams together (RFC 7644 §3.4.2.1 and §3.4.3): users first, then teams, in one list whose
 * pages go by index.
 */
export function searchRoutes(scim: FastifyInstance, context: ScimContext) {
  scim.get('/', async (request, reply) => answer(request, reply, readListQuery(queryOf(request), anyType, context.limits)))
  scim.post('/.search', async (request, reply) => answer(request, reply, readSearchRequest(request.body, anyType, context.limits)))

  async function answer(request: Parameters<typeof findUsers>[1], reply: Parameters<typeof sendPieces>[0], query: ListQuery) {
    const found = await findBoth(request, byIndex(query))
    const { pieces, total, startIndex } = found
    context.log.answered(request, 200, {
      operation: 'search',
      subjectKind: null,
      subjectId: null,
      summary: `Searched users and teams: found ${total}.`,
    })
    return sendPieces(reply, groupListJson(pieces, { total, startIndex, nextCursor: undefined }))
  }

  async function findBoth(request: Parameters<typeof findUsers>[1], query: ListQuery & { page: { kind: 'index'; startIndex: number } }) {
    const { startIndex } = query.page
    const users = await findUsers(context, request, query)
    const left = query.count - users.resources.length
    const groupStart = Math.max(1, startIndex - users.total)
    const groups = await findGroups(context, request, { ...query, count: left, page: { kind: 'index', startIndex: groupStart } })
    const pieces = [...users.resources.map((user) => inOnePiece(JSON.stringify(user))), ...groups.groups]
    return { pieces, total: users.total + groups.total, startIndex }
  }
}

/** A cursor would have to stand in two lists at once. @throws AppError `invalid_cursor` */
function byIndex(query: ListQuery): ListQuery & { page: { kind: 'index'; startIndex: number } } {
  const { page } = query
  if (page.kind === 'index') return { ...query, page }
  throw new AppError(
    'invalid_cursor',
    'A search over users and groups together has no cursors: page with "startIndex", or search /Users or /Groups.',
  )
}

async function* inOnePiece(text: string): AsyncGenerator<string> {
  yield text
}
