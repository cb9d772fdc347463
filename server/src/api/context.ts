import type { Replay } from '../safety/apply.ts'
import type { Db } from '../storage/database.ts'

/** What the JSON API stands on. */
export interface ApiContext {
  readonly db: Db
  /** The origin under which browsers reach the server, without a slash at its end. */
  readonly publicUrl: string
  /** Called after a commit that may have queued mail. */
  readonly onCommit: () => void
  /** Does what a held request of a directory asked for. */
  readonly replay: Replay
}
