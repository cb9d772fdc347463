import type { AppError, ErrorCode } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import type { JsonObject } from './json-value.ts'

export const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** RFC 7644 §3.12, table 9, and RFC 9865 §2.1. `tooMany` is for searches only, so our 413s carry no scimType. */
const scimTypes: Readonly<Record<ErrorCode, string | undefined>> = {
  invalid_syntax: 'invalidSyntax',
  invalid_filter: 'invalidFilter',
  invalid_path: 'invalidPath',
  invalid_value: 'invalidValue',
  invalid_cursor: 'invalidCursor',
  expired_cursor: 'expiredCursor',
  invalid_count: 'invalidCount',
  no_target: 'noTarget',
  mutability: 'mutability',
  uniqueness: 'uniqueness',
  too_many: undefined,
  too_large: undefined,
  unauthenticated: undefined,
  forbidden: undefined,
  not_found: undefined,
  conflict: undefined,
  version_mismatch: undefined,
  unsupported_media_type: undefined,
  not_implemented: undefined,
  rate_limited: undefined,
  paused: undefined,
  unavailable: undefined,
}

/** The body of a refusal (RFC 7644 §3.12). `status` is a string there; the number is `httpStatus(error.code)`. */
export function errorBody(error: AppError): JsonObject {
  const scimType = scimTypes[error.code]
  return {
    schemas: [ERROR_URN],
    status: String(httpStatus(error.code)),
    ...(scimType === undefined ? {} : { scimType }),
    detail: error.message,
  }
}
