/**
 * Every reason for which this server refuses a request. Each has one HTTP status (http/status.ts),
 * one SCIM scimType (scim/error-body.ts) and one exit code (cli/src/exit-code.ts).
 */
export type ErrorCode =
  | 'invalid_syntax'
  | 'invalid_filter'
  | 'invalid_path'
  | 'invalid_value'
  | 'invalid_cursor'
  | 'expired_cursor'
  | 'invalid_count'
  | 'no_target'
  | 'mutability'
  | 'uniqueness'
  | 'too_many'
  | 'too_large'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'version_mismatch'
  | 'unsupported_media_type'
  | 'not_implemented'
  | 'rate_limited'
  | 'paused'
  | 'unavailable'

/** What a refusal carries beyond its words. */
export interface ErrorOptions {
  cause?: unknown
  /** Whole seconds after which the caller may try again; becomes `Retry-After`. */
  retryAfter?: number
  /** What the person who reads the provisioning log should do, where the message alone does not say it. */
  advice?: string
}

/** A refusal that the caller may read: it says what to change. Anything else that is thrown is a bug, answered as 500. */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: ErrorCode
  readonly retryAfter: number | undefined
  readonly advice: string | undefined
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfter = options.retryAfter
    this.advice = options.advice
  }
}
