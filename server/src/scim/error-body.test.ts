import { expect, test } from 'vitest'
import { AppError, type ErrorCode } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import { errorBody } from './error-body.ts'

test.each<[ErrorCode, number, string | undefined]>([
  ['invalid_syntax', 400, 'invalidSyntax'],
  ['invalid_filter', 400, 'invalidFilter'],
  ['invalid_path', 400, 'invalidPath'],
  ['invalid_value', 400, 'invalidValue'],
  ['invalid_cursor', 400, 'invalidCursor'],
  ['expired_cursor', 400, 'expiredCursor'],
  ['invalid_count', 400, 'invalidCount'],
  ['no_target', 400, 'noTarget'],
  ['mutability', 400, 'mutability'],
  ['uniqueness', 409, 'uniqueness'],
  ['too_many', 413, undefined],
  ['too_large', 413, undefined],
  ['unauthenticated', 401, undefined],
  ['forbidden', 403, undefined],
  ['not_found', 404, undefined],
  ['conflict', 409, undefined],
  ['version_mismatch', 412, undefined],
  ['unsupported_media_type', 415, undefined],
  ['not_implemented', 501, undefined],
  ['rate_limited', 429, undefined],
  ['paused', 503, undefined],
  ['unavailable', 503, undefined],
])('a directory learns of %s by status %i', (code, status, scimType) => {
  expect(httpStatus(code)).toBe(status)
  expect(errorBody(new AppError(code, 'what to change'))).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType !== undefined && { scimType }),
    detail: 'what to change',
  })
})
