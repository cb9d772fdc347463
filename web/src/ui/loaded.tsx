import { Center, Loader } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'

/** What a question was answered with; until then a loader, and where it failed the reason. What was there before stays in sight. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const failed = <Failure error={query.error} onRetry={() => void query.refetch()} />
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && failed}
        {children(query.data)}
      </>
    )
  }
  return query.isError ? failed : <Loading />
}

/** The room of something that is being read. */
export function Loading() {
  return (
    <Center py="xl">
      <Loader aria-label="Loading" />
    </Center>
  )
}
