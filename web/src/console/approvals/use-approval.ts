import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { proxy } from 'comlink'
import { useState } from 'react'
import { account } from '../../worker/account.ts'
import type { ApprovalOutcome } from '../../worker/approval-outcome.ts'
import type { Wanted } from '../../worker/approving.ts'
import type { RouteName } from '../../worker/routes.ts'

/** What an approval changes. */
const asked: readonly RouteName[] = ['readPending', 'readOverview', 'listTeams', 'readTeam', 'listTeamMembers', 'readUser', 'listUsers']

/** An approval under way, and how much of it is done so far. */
export interface Approval {
  readonly act: UseMutationResult<ApprovalOutcome, Error, Wanted>
  readonly done: number
}

/** Approving in the Worker. Afterwards everything that waits is asked anew. */
export function useApproval(): Approval {
  const [done, setDone] = useState(0)
  const refresh = useRefreshApprovals()
  const act = useMutation({
    mutationFn: (wanted: Wanted) => {
      setDone(0)
      return account.approve(wanted, proxy(setDone))
    },
    onSettled: refresh,
  })
  return { act, done }
}

/** Asks anew about everything that an approval changes. */
export function useRefreshApprovals(): () => Promise<unknown> {
  const queries = useQueryClient()
  return () => Promise.all(asked.map((name) => queries.invalidateQueries({ queryKey: [name] })))
}
