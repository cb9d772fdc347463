import { call } from '@claviger/client/api/call.ts'
import { followChanges } from '@claviger/client/changes/follow.ts'
import { type Changes, type FeedPosition, readChanges } from '@claviger/contract/api/changes.ts'
import { isReplaced, opened } from './session.ts'

/** What a page is told of the change feed: that the stream is open or broken, or what changed. */
export type Told = { readonly kind: 'open' | 'broken' | 'signed-out' } | { readonly kind: 'changes'; readonly changes: ChangesSeen }

/** `kinds`: of what changed. `reload`: everything may have. */
export interface ChangesSeen {
  readonly reload: boolean
  readonly kinds: readonly string[]
}

let position: FeedPosition | null = null

/** Hearing of what others do: by itself, and when asked. */
export const following = {
  /** Follows the feed for as long as this Worker lives; ends when the session does. */
  async follow(tell: (told: Told) => void): Promise<void> {
    const onState = (isOpen: boolean) => tell({ kind: isOpen ? 'open' : 'broken' })
    const onChanges = (changes: Changes) => tell({ kind: 'changes', changes: seen(changes) })
    for (;;) {
      const { connection } = await opened()
      try {
        return await followChanges(connection, position, onChanges, new AbortController().signal, { onState })
      } catch {
        if (!(await isReplaced(connection.token))) return tell({ kind: 'signed-out' })
      }
    }
  },

  /** Asks the feed at once, for who would not wait. */
  async sync(): Promise<ChangesSeen> {
    const { connection } = await opened()
    const kinds = new Set<string>()
    for (;;) {
      const { more, ...changes } = await call(connection, readChanges, position === null ? {} : { after: position })
      for (const kind of seen(changes).kinds) kinds.add(kind)
      if (changes.reload || !more) return { reload: changes.reload, kinds: [...kinds] }
    }
  },
}

function seen({ position: reached, reload, changes }: Changes): ChangesSeen {
  position = reached
  return { reload, kinds: [...new Set(changes.map(({ kind }) => kind))] }
}
