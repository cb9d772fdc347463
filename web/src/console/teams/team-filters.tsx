import { NodeId } from '@claviger/contract/ids.ts'
import { NativeSelect } from '@mantine/core'
import { type Filters, useFilters } from '../../ui/filters.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { InputOf } from '../../worker/routes.ts'
import { nodeChoices } from '../users/user-filters.tsx'

const states = [
  { value: '', label: 'Pending and active' },
  { value: 'pending', label: 'Pending' },
  { value: 'active', label: 'Active' },
  { value: 'archived', label: 'Archived' },
] as const

/** What the list is asked for. */
export type TeamQuery = Pick<InputOf<'listTeams'>, 'search' | 'status' | 'node' | 'sort' | 'order'>

/** @returns what the address of the page narrows the list to. A value that is none of the possible ones narrows nothing */
export function teamQuery(filters: Filters): TeamQuery {
  const { q, state } = filters
  const status = (['pending', 'active', 'archived'] as const).find((each) => each === state)
  const node = NodeId.safeParse(filters['node']).data
  return {
    ...(q !== undefined && q !== '' && { search: q }),
    ...(status !== undefined && { status }),
    ...(node !== undefined && { node }),
    sort: filters['sort'] === 'created' ? 'created' : 'name',
    order: filters['order'] === 'desc' ? 'desc' : 'asc',
  }
}

/** Search and filters over the list. */
export function TeamFilters({ isInNode }: { isInNode: boolean }) {
  const [filters, change] = useFilters()
  const nodes = useAsk('listNodes', {}, { enabled: !isInNode })
  const narrow = (name: string) => (value: string) => change({ [name]: value === '' ? undefined : value })
  return (
    <search className="team-filters">
      <SearchField label="Search names of teams" value={filters['q'] ?? ''} onSearch={narrow('q')} />
      <NativeSelect
        aria-label="State"
        value={teamQuery(filters).status ?? ''}
        onChange={(event) => narrow('state')(event.currentTarget.value)}
        data={states}
      />
      {!isInNode && (
        <NativeSelect
          aria-label="Node, with what is under it"
          value={filters['node'] ?? ''}
          onChange={(event) => narrow('node')(event.currentTarget.value)}
          data={[{ value: '', label: 'All nodes' }, ...nodeChoices(nodes.data?.nodes ?? [])]}
        />
      )}
    </search>
  )
}
