import type { ErrorCode } from '../errors.ts'

const statuses: Readonly<Record<ErrorCode, number>> = {
  invalid_syntax: 400,
  invalid_filter: 400,
  invalid_path: 400,
  invalid_value: 400,
  invalid_cursor: 400,
  expired_cursor: 400,
  invalid_count: 400,
  no_target: 400,
  mutability: 400,
  uniqueness: 409,
  too_many: 413,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  version_mismatch: 412,
  unsupported_media_type: 415,
  not_implemented: 501,
  rate_limited: 429,
  paused: 503,
  unavailable: 503,
}

/** The one HTTP status of a refusal, for the SCIM interface and the JSON API alike. */
export function httpStatus(code: ErrorCode): number {
  return statuses[code]
}
