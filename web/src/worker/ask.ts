import { keepPreviousData, type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { account } from './account.ts'
import type { AnswerOf, InputOf, RouteName } from './routes.ts'

/** Asks the server as who is signed in. @throws WorkerRefusal */
export function ask<Name extends RouteName>(name: Name, input: InputOf<Name>): Promise<AnswerOf<Name>> {
  // Comlink's types forget that the answer follows from the name.
  return account.ask(name, input as never) as Promise<AnswerOf<Name>>
}

export interface AskOptions {
  readonly enabled?: boolean
  /** What was shown stays while another question is asked. */
  readonly keepOld?: boolean
  /** Asks again so often, while the page is looked at: for what the change feed does not tell of. */
  readonly everyMillis?: number | undefined
}

/** The answer to a question, kept as long as somebody looks at it, and asked anew when the change feed says so. */
export function useAsk<Name extends RouteName>(
  name: Name,
  input: InputOf<Name>,
  { enabled = true, keepOld = false, everyMillis }: AskOptions = {},
): UseQueryResult<AnswerOf<Name>> {
  return useQuery({
    queryKey: [name, input],
    queryFn: () => ask(name, input),
    enabled,
    ...(everyMillis !== undefined && { refetchInterval: everyMillis }),
    ...(keepOld && { placeholderData: keepPreviousData }),
  }) as UseQueryResult<AnswerOf<Name>>
}

/** Something that is done; afterwards these questions are asked anew. */
export function useAct<Name extends RouteName>(
  name: Name,
  refreshes: readonly RouteName[],
): UseMutationResult<AnswerOf<Name>, Error, InputOf<Name>> {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: InputOf<Name>) => ask(name, input),
    onSettled: () => Promise.all(refreshes.map((refreshed) => queries.invalidateQueries({ queryKey: [refreshed] }))),
  })
}
