import type { PendingItem, PendingKind } from '@claviger/contract/api/pending.ts'
import { Button, Group, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Failure } from '../../ui/failure.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { ask } from '../../worker/ask.ts'
import type { InputOf } from '../../worker/routes.ts'
import { keyOf, kindTitles } from './kinds.ts'
import { type ItemActs, WaitingItem } from './waiting-item.tsx'

export interface WaitingGroupProps {
  readonly kind: PendingKind
  /** The first of them. */
  readonly first: readonly PendingItem[]
  /** Where the others begin; null where there are none. */
  readonly after: string | null
  /** How many there are in all, where that is known. */
  readonly total: number | undefined
  readonly asked: InputOf<'readPending'>
  readonly acts: ItemActs
}

const PAGE = 200

/** What waits of one kind; thousands of them come page by page, when they are asked for. */
export function WaitingGroup({ kind, first, after, total, asked, acts }: WaitingGroupProps) {
  const [isOpen, setOpen] = useState(false)
  const more = useInfiniteQuery({
    queryKey: ['readPending', { ...asked, kind, after }, 'more'],
    queryFn: ({ pageParam }) => ask('readPending', { ...asked, kind, after: pageParam, limit: PAGE }),
    initialPageParam: after ?? '',
    getNextPageParam: ({ more: [next] }) => next?.after,
    enabled: isOpen && after !== null,
    placeholderData: (before) => before,
  })
  const items = after === null ? first : [...first, ...(more.data?.pages.flatMap((page) => page.items) ?? [])]
  const hasMore = after !== null && (more.data === undefined || more.hasNextPage)
  const count = hasMore ? (total ?? `${items.length} or more`) : items.length
  return (
    <section aria-label={kindTitles[kind]} className="waiting-group">
      <Title order={2} size="h4" className="waiting-group-title">
        {kindTitles[kind]} <span className="waiting-count">{count}</span>
      </Title>
      <VirtualList label={kindTitles[kind]} rows={items} keyOf={keyOf}>
        {(item) => <WaitingItem item={item} acts={acts} />}
      </VirtualList>
      <Failure error={more.error} onRetry={() => void more.refetch()} />
      {hasMore && (
        <Group justify="center" p="sm">
          <Button variant="subtle" size="sm" loading={more.isFetching} onClick={() => (isOpen ? void more.fetchNextPage() : setOpen(true))}>
            Show more
          </Button>
        </Group>
      )}
    </section>
  )
}
