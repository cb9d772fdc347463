import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type ErrorCode } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import { loadSecret } from '../storage/secrets.ts'
import { authenticate } from './authenticate.ts'
import { bulkRoutes } from './bulk/bulk-run.ts'
import { MAX_BODY_BYTES, type ScimContext, type ScimSettings, scimLimits } from './context.ts'
import { discoveryRoutes } from './discovery.ts'
import { errorBody } from './error-body.ts'
import { groupRoutes } from './groups/groups.ts'
import { searchRoutes } from './lists/search.ts'
import { SCIM_TYPE } from './outcome.ts'
import { readBodies } from './read-bodies.ts'
import { RequestLog } from './request-log.ts'
import { userRoutes } from './users/users.ts'

/** Where the SCIM interface of every node is. */
const PREFIX = '/scim/v2/:node'

/** SCIM 2.0 (RFC 7643, 7644, 9865), one base URL a node: `/scim/v2/<nodeId>`. */
export function scimRoutes(app: FastifyInstance, settings: ScimSettings): void {
  app.register(
    async (scim) => {
      const context = await contextOf(scim, settings)
      readBodies(scim)
      scim.setErrorHandler((error: FastifyError | AppError, request, reply) => refuse(context, error, request, reply))
      scim.setNotFoundHandler(() => {
        throw new AppError(
          'not_found',
          'There is nothing at this path: the base URL ends with the id of the node, and /Users or /Groups follows.',
        )
      })
      discoveryRoutes(scim, context)
      await scim.register(async (guarded) => guardedRoutes(guarded, context))
    },
    { prefix: PREFIX },
  )
}

function guardedRoutes(guarded: FastifyInstance, context: ScimContext) {
  guarded.addHook('onRequest', async (request: FastifyRequest) => {
    request.scim = await authenticate(context, request, nodeOf(request))
  })
  userRoutes(guarded, context)
  groupRoutes(guarded, context)
  searchRoutes(guarded, context)
  bulkRoutes(guarded, context)
  guarded.all('/Me', async () => {
    throw new AppError('not_implemented', 'A provisioning token belongs to a node and not to a person, so there is no /Me.')
  })
}

async function contextOf(scim: FastifyInstance, settings: ScimSettings): Promise<ScimContext> {
  const log = new RequestLog(settings.db, {
    onFailure: (error) => scim.log.error(error, 'lines of the provisioning log were lost'),
    onAnswer: (operation, status) => settings.onRequest?.(operation, status),
  })
  scim.addHook('onClose', () => log.flush())
  const secret = await loadSecret(settings.db, 'scim-cursors')
  return {
    onCommit: () => {},
    onRequest: () => {},
    ...settings,
    cursorKey: { secret, lifetime: scimLimits.cursorLifetime },
    log,
    limits: scimLimits,
  }
}

function nodeOf(request: FastifyRequest): string {
  return (request.params as { node: string }).node
}

/** What Fastify finds wrong before our code sees the request. */
const framework: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'The body must be application/scim+json or application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_syntax', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_syntax', 'The body is not as long as Content-Length says.'],
}

function asRefusal(error: FastifyError | AppError, request: FastifyRequest): AppError | undefined {
  if (error instanceof AppError) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(request, error)
  const known = framework[error.code]
  if (known) return new AppError(known[0], known[1], { cause: error })
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500
    ? new AppError('invalid_syntax', `The request could not be read: ${error.message}`, { cause: error })
    : undefined
}

function tooLarge(request: FastifyRequest, cause: FastifyError): AppError {
  const limit = request.routeOptions.url?.endsWith('/Bulk') ? scimLimits.maxBulkBytes : MAX_BODY_BYTES
  return new AppError('too_large', `The body may have at most ${limit} bytes: send fewer members or operations at a time.`, { cause })
}

function refuse(context: ScimContext, error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) {
  const refusal = asRefusal(error, request)
  if (!refusal) {
    request.log.error(error, 'request failed')
    context.onRequest('failure', 500)
    if (request.scim) context.log.broken(request)
    return reply
      .code(500)
      .type(SCIM_TYPE)
      .send(JSON.stringify(brokenBody(request.id)))
  }
  const status = httpStatus(refusal.code)
  context.onRequest('refused', status)
  if (request.scim) context.log.failed(request, request.method === 'GET' ? 'read' : 'request', refusal)
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="Claviger SCIM"')
  if (refusal.retryAfter !== undefined) reply.header('Retry-After', String(refusal.retryAfter))
  return reply
    .code(status)
    .type(SCIM_TYPE)
    .send(JSON.stringify(errorBody(refusal)))
}

function brokenBody(requestId: string) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '500',
    detail: `Claviger failed to answer this request because of an error of its own. Its log names the cause under ${requestId}.`,
  }
}
