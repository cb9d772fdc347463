import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import { errorBody } from './error-body.ts'
import { SCIM_TYPE } from './outcome.ts'

/** Whether a URL is one of ours: for what goes wrong before a route is found. */
export function isScimUrl(url: string): boolean {
  return url.startsWith('/scim/')
}

/** Answers a URL that cannot be routed: an escape that stands for no character, or an id of no length that we issue. */
export function refuseUnroutable(error: Error, _request: FastifyRequest, reply: FastifyReply) {
  const refusal =
    'code' in error && error.code === 'FST_ERR_BAD_URL'
      ? new AppError('invalid_syntax', 'The URL holds a "%" that does not begin an escaped character of UTF-8.', { cause: error })
      : new AppError('not_found', 'There is nothing at this path: no id of this server is as long.', { cause: error })
  return reply
    .code(httpStatus(refusal.code))
    .type(SCIM_TYPE)
    .send(JSON.stringify(errorBody(refusal)))
}
