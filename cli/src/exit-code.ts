import type { ErrorCode } from '@claviger/server/errors.ts'
import { EXIT_FAILED, EXIT_UNREACHABLE, EXIT_USAGE } from './exit.ts'

/** A bug of ours (EX_SOFTWARE of sysexits.h). */
export const EXIT_BUG = 70

const codes: Readonly<Record<ErrorCode, number>> = {
  invalid_syntax: EXIT_USAGE,
  invalid_filter: EXIT_USAGE,
  invalid_path: EXIT_USAGE,
  invalid_value: EXIT_USAGE,
  invalid_cursor: EXIT_USAGE,
  expired_cursor: EXIT_USAGE,
  invalid_count: EXIT_USAGE,
  no_target: EXIT_FAILED,
  mutability: EXIT_FAILED,
  uniqueness: EXIT_FAILED,
  too_many: EXIT_FAILED,
  too_large: EXIT_FAILED,
  unauthenticated: EXIT_FAILED,
  forbidden: EXIT_FAILED,
  not_found: EXIT_FAILED,
  conflict: EXIT_FAILED,
  version_mismatch: EXIT_FAILED,
  unsupported_media_type: EXIT_FAILED,
  not_implemented: EXIT_FAILED,
  rate_limited: EXIT_UNREACHABLE,
  paused: EXIT_FAILED,
  unavailable: EXIT_UNREACHABLE,
}

/** The exit code of a refusal: 1 refused, 2 wrong usage (of the command or of a setting), 3 out of reach: try again later. */
export function exitCode(code: ErrorCode): number {
  return codes[code]
}

/** The same for the word of a code that came from a server, perhaps a newer one with words that this one lacks. */
export function exitCodeOfWord(word: string): number {
  const known = Object.entries(codes).find(([code]) => code === word)
  return known === undefined ? EXIT_FAILED : known[1]
}
