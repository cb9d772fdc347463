import type { FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import { AppError, type ErrorCode } from '../errors.ts'
import { httpStatus } from './status.ts'

/** What a client of anything but the SCIM interface reads when it is refused. */
export interface RefusalBody {
  code: ErrorCode | 'internal'
  message: string
  /** Found in the server's log too. */
  requestId: string
}

/** Answers an error outside the SCIM interface: a refusal with its words, a bug with none, logged under the request's id. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error)
  if (!refusal) {
    request.log.error({ err: error }, 'a request failed')
    return reply.code(500).send(body('internal', `Something went wrong on the server. Its log tells more, under ${request.id}.`, request))
  }
  if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
  return reply.code(httpStatus(refusal.code)).send(body(refusal.code, refusal.message, request))
}

/**
 * The refusal that an error stands for: itself, or what the JSON schema check or the HTTP layer found wrong with the
 * request. undefined where it is a bug.
 */
export function refusalOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  if (error instanceof ZodError) return new AppError('invalid_value', wrongFields(error), { cause: error })
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (!(error instanceof Error) || !(status >= 400 && status < 500)) return undefined
  return new AppError(codeOfStatus(status), error.message, { cause: error })
}

function wrongFields(error: ZodError) {
  return error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ')
}

/** The HTTP layer's own refusals: a body that is too long, of the wrong type, or no JSON. */
function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 413:
      return 'too_large'
    case 415:
      return 'unsupported_media_type'
    case 404:
      return 'not_found'
    default:
      return 'invalid_syntax'
  }
}

function body(code: RefusalBody['code'], message: string, request: FastifyRequest): RefusalBody {
  return { code, message, requestId: request.id }
}
