import type { UserId } from '@claviger/contract/ids.ts'
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, useAsk } from '../../../worker/ask.ts'

const PAUSE_MILLIS = 200
const MOST = 20

/** Narrows to one user, found by parts of the address. */
export function UserFilter({ userId, onChange }: { userId: UserId | undefined; onChange: (userId: string | undefined) => void }) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed, PAUSE_MILLIS)
  const chosen = useQueries({
    queries: (userId === undefined ? [] : [userId]).map((user) => ({
      queryKey: ['readUser', { user }],
      queryFn: () => ask('readUser', { user }),
    })),
  })
  const found = useAsk('listUsers', { ...(search !== '' && { search }), limit: MOST }, { keepOld: true })
  const users = [...chosen.flatMap(({ data }) => data ?? []), ...(found.data?.users ?? [])]
  const choices = new Map(users.map((user) => [user.userId, user.email]))
  return (
    <Select
      label="User"
      placeholder="All users"
      data={[...choices].map(([value, label]) => ({ value, label }))}
      value={userId ?? null}
      onChange={(value) => onChange(value ?? undefined)}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage="Nobody has this in the address"
    />
  )
}
