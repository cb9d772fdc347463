import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from '../../../worker/ask.ts'
import { usePages } from '../../../worker/pages.ts'
import type { AnswerOf, InputOf } from '../../../worker/routes.ts'

export type Entry = AnswerOf<'listProvisioningLog'>['entries'][number]
type Asked = InputOf<'listProvisioningLog'>

interface Arrived {
  readonly entries: readonly Entry[]
  readonly follow: string
}

const LOOK_MILLIS = 2_000
/** Once so many have arrived, the pages are read anew, so that what was left by scrolling is let go. */
const MOST_ARRIVED = 500

/** The log page by page, newest first, and with `isFollowing` what arrives meanwhile before it. */
export function useFollowedLog(asked: Asked, isFollowing: boolean) {
  const queries = useQueryClient()
  const list = usePages('listProvisioningLog', asked)
  const start = list.pages?.[0]?.follow
  // Lines of the first page that were too young for its `follow` come once more, so they are told apart by id.
  const key = ['listProvisioningLog', asked, 'follow', start]
  const { data } = useQuery({
    queryKey: key,
    enabled: isFollowing && start !== undefined,
    refetchInterval: LOOK_MILLIS,
    queryFn: async (): Promise<Arrived> => {
      const before = queries.getQueryData<Arrived>(key) ?? { entries: [], follow: start ?? '' }
      if (before.entries.length > MOST_ARRIVED) {
        void queries.invalidateQueries({ queryKey: ['listProvisioningLog', asked, 'pages'] })
        return before
      }
      const { entries, follow } = await ask('listProvisioningLog', { ...asked, after: before.follow })
      return { entries: [...before.entries, ...entries], follow }
    },
  })
  const entries = newestFirst([...(data?.entries ?? []), ...(list.pages ?? []).flatMap((page) => page.entries)])
  return { list, entries }
}

/** Ids order as their times do. */
function newestFirst(entries: readonly Entry[]): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1))
}
