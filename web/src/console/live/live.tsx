import { useQueryClient } from '@tanstack/react-query'
import { proxy } from 'comlink'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { account } from '../../worker/account.ts'
import { questionsAbout } from './questions.ts'

/** `ended`: the session is over, here or because somebody locked the account. */
export type Connection = 'connecting' | 'open' | 'broken' | 'ended'

export interface Live {
  readonly connection: Connection
  /** When the page was last known to show what the server knows, in milliseconds; null before that. */
  readonly syncedAt: number | null
  readonly isSyncing: boolean
  readonly syncError: unknown
  /** Asks at once what has changed. */
  readonly sync: () => void
}

/** While a directory pushes thousands, lists are read anew this often and not for each. */
const PAUSE_MILLIS = 700

const LiveContext = createContext<Live | null>(null)

/** How the page stands to what the server knows. */
export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('there is no LiveUpdates around this')
  return live
}

/** Keeps everything inside up to date with the change feed: what others do arrives by itself. */
export function LiveUpdates({ children }: { children: ReactNode }) {
  const refresh = useRefresh()
  const [connection, setConnection] = useState<Connection>('connecting')
  const [syncedAt, setSyncedAt] = useState<number | null>(null)
  const [isSyncing, setSyncing] = useState(false)
  const [syncError, setSyncError] = useState<unknown>(null)

  useEffect(() => {
    let isHere = true
    const follow = account.follow(
      proxy((told) => {
        if (!isHere) return
        if (told.kind === 'changes') {
          refresh(told.changes.reload ? null : told.changes.kinds)
          setSyncedAt(Date.now())
        } else setConnection(told.kind === 'signed-out' ? 'ended' : told.kind)
      }),
    )
    follow.catch(() => isHere && setConnection('broken'))
    return () => {
      isHere = false
    }
  }, [refresh])

  const sync = useCallback(() => {
    setSyncing(true)
    setSyncError(null)
    account
      .sync()
      .then(({ reload, kinds }) => {
        refresh(reload ? null : kinds)
        setSyncedAt(Date.now())
      })
      .catch(setSyncError)
      .finally(() => setSyncing(false))
  }, [refresh])

  const live = useMemo(() => ({ connection, syncedAt, isSyncing, syncError, sync }), [connection, syncedAt, isSyncing, syncError, sync])
  return <LiveContext value={live}>{children}</LiveContext>
}

/** Has questions asked anew about changes of these kinds (null: all), those of a moment together. */
function useRefresh(): (kinds: readonly string[] | null) => void {
  const queries = useQueryClient()
  const waiting = useRef<{ kinds: Set<string>; isAll: boolean; timer: number | undefined; last: number }>({
    kinds: new Set(),
    isAll: false,
    timer: undefined,
    last: 0,
  })
  return useCallback(
    (kinds) => {
      const mine = waiting.current
      for (const kind of kinds ?? []) mine.kinds.add(kind)
      mine.isAll ||= kinds === null
      if (mine.timer !== undefined || (!mine.isAll && mine.kinds.size === 0)) return
      const ask = () => {
        const names = mine.isAll ? null : questionsAbout(mine.kinds)
        Object.assign(mine, { kinds: new Set(), isAll: false, timer: undefined, last: Date.now() })
        void queries.invalidateQueries({ predicate: ({ queryKey: [name] }) => names === null || (names as ReadonlySet<unknown>).has(name) })
      }
      // The first change shows at once; only what follows closely waits.
      mine.timer = window.setTimeout(ask, Math.max(0, mine.last + PAUSE_MILLIS - Date.now()))
    },
    [queries],
  )
}
