import { Group, Loader, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Pages } from '../worker/pages.ts'
import { Failure } from './failure.tsx'
import { Loading } from './loaded.tsx'

/** A list that is read page by page: a loader, the reason why it could not be read, what says that it is empty, or the list. */
export function Listed<Answer>({
  list,
  isEmpty,
  empty,
  children,
}: {
  list: Pages<Answer>
  isEmpty: (pages: readonly Answer[]) => boolean
  empty: ReactNode
  children: (pages: readonly Answer[]) => ReactNode
}) {
  const { pages, error, isReading, retry } = list
  if (pages === undefined) return error === null ? <Loading /> : <Failure error={error} onRetry={retry} />
  return (
    <>
      <Failure error={error} onRetry={retry} />
      {isEmpty(pages) ? empty : children(pages)}
      <Group h="2.5rem" justify="center" aria-live="polite">
        {isReading && list.hasMore && (
          <>
            <Loader size="xs" aria-hidden />
            <Text size="sm" c="dimmed">
              Reading more …
            </Text>
          </>
        )}
      </Group>
    </>
  )
}
