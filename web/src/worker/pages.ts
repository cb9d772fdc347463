import { useInfiniteQuery } from '@tanstack/react-query'
import { ask } from './ask.ts'
import type { AnswerOf, InputOf, RouteName } from './routes.ts'

/** The lists that go on: each answer says where the next page begins. */
type PagedRoute = { [Name in RouteName]: AnswerOf<Name> extends { next: string | null } ? Name : never }[RouteName]

/** Where the place of a page stands in the question: logs go backwards from the newest. */
const placeIn = (name: PagedRoute) => (name === 'listProvisioningLog' ? 'before' : 'after')

/** A list as far as it was read. */
export interface Pages<Answer> {
  readonly pages: readonly Answer[] | undefined
  readonly error: Error | null
  readonly isReading: boolean
  readonly hasMore: boolean
  /** Reads the next page, where there is one and it is not being read already. */
  readonly readMore: () => void
  /** Reads again what failed. */
  readonly retry: () => void
}

/** A list page by page, from the first on; what was shown stays while another search is read. */
export function usePages<Name extends PagedRoute>(name: Name, input: InputOf<Name>): Pages<AnswerOf<Name>> {
  const query = useInfiniteQuery({
    queryKey: [name, input, 'pages'],
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      ask(name, (pageParam === null ? input : { ...input, [placeIn(name)]: pageParam }) as InputOf<Name>),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page as { next: string | null }).next,
    placeholderData: (before) => before,
  })
  return {
    pages: query.data?.pages,
    error: query.error,
    isReading: query.isFetching,
    hasMore: query.hasNextPage,
    readMore: () => {
      if (query.hasNextPage && !query.isFetching && !query.isError) void query.fetchNextPage()
    },
    retry: () => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch()),
  }
}
