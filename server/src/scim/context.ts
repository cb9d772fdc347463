import type { Db } from '../storage/database.ts'
import type { CursorKey } from './lists/cursor.ts'
import type { RequestLog } from './request-log.ts'
import type { ScimLimits } from './schemas/discovery.ts'

/** What the server gives the SCIM interface. */
export interface ScimSettings {
  readonly db: Db
  /** Where directories reach this installation, without a path. */
  readonly publicUrl: string
  /** Requests a second that one token may make; 0: no limit. */
  readonly scimRate: number
  /** Called after each commit that may have queued mail. */
  readonly onCommit?: () => void
  /** Called once a request: what a directory asked for, and the status it got. */
  readonly onRequest?: (operation: string, status: number) => void
}

/** What the SCIM interface stands on. One for each server process. */
export interface ScimContext extends Required<ScimSettings> {
  readonly cursorKey: CursorKey
  readonly log: RequestLog
  readonly limits: ScimLimits
}

const MEBIBYTE = 1024 * 1024

/** Operations in one PATCH. */
export const MAX_PATCH_OPERATIONS = 1_000
/** Bytes of one request: the members of a group of 100,000 fit. */
export const MAX_BODY_BYTES = 16 * MEBIBYTE

export const scimLimits: ScimLimits = {
  defaultCount: 200,
  maxCount: 1_000,
  maxBulkOperations: 1_000,
  maxBulkBytes: 4 * MEBIBYTE,
  cursorLifetime: 60 * 60 * 1_000,
}
