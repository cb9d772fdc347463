import { NodeId } from '@claviger/contract/ids.ts'
import { NativeSelect } from '@mantine/core'
import { type Filters, useFilters } from '../../ui/filters.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf, InputOf } from '../../worker/routes.ts'
import { flagWords } from './user-flags.tsx'

const states = ['invited', 'active', 'locked', 'deleted'] as const
const flags = ['email-differs', 'invitation-failed', 'invitation-expired'] as const

/** Narrow pages show no column of times to order by. */
const orders = [
  { value: 'email asc', label: 'E-mail, A to Z' },
  { value: 'email desc', label: 'E-mail, Z to A' },
  { value: 'created desc', label: 'Newest first' },
  { value: 'created asc', label: 'Oldest first' },
]

/** What the list is asked for. */
export type UserQuery = Pick<InputOf<'listUsers'>, 'search' | 'status' | 'flag' | 'node' | 'sort' | 'order'>

/** @returns what the address of the page narrows the list to. A value that is none of the possible ones narrows nothing */
export function userQuery(filters: Filters): UserQuery {
  const { q, state, flag } = filters
  const status = states.find((each) => each === state)
  const flagged = flags.find((each) => each === flag)
  const node = NodeId.safeParse(filters['node']).data
  return {
    ...(q !== undefined && q !== '' && { search: q }),
    ...(status !== undefined && { status }),
    ...(flagged !== undefined && { flag: flagged }),
    ...(node !== undefined && { node }),
    sort: filters['sort'] === 'created' ? 'created' : 'email',
    order: filters['order'] === 'desc' ? 'desc' : 'asc',
  }
}

/** Search and filters over the list. */
export function UserFilters({ isInNode }: { isInNode: boolean }) {
  const [filters, change] = useFilters()
  const { sort, order } = userQuery(filters)
  const narrow = (name: string) => (value: string) => change({ [name]: value === '' ? undefined : value })
  return (
    <search className="user-filters" data-in-node={isInNode || undefined}>
      <SearchField label="Search e-mail addresses" value={filters['q'] ?? ''} onSearch={narrow('q')} />
      <NativeSelect
        aria-label="State"
        value={filters['state'] ?? ''}
        onChange={(event) => narrow('state')(event.currentTarget.value)}
        data={[{ value: '', label: 'Any state' }, ...states.map((state) => ({ value: state, label: capital(state) }))]}
      />
      {!isInNode && <NodeFilter value={filters['node'] ?? ''} onChange={narrow('node')} />}
      <NativeSelect
        aria-label="Flag"
        value={filters['flag'] ?? ''}
        onChange={(event) => narrow('flag')(event.currentTarget.value)}
        data={[{ value: '', label: 'Flagged or not' }, ...flags.map((flag) => ({ value: flag, label: flagWords[flag].label }))]}
      />
      <NativeSelect
        aria-label="Order"
        value={`${sort} ${order}`}
        onChange={(event) => {
          const [by, direction] = event.currentTarget.value.split(' ')
          change({ sort: by, order: direction })
        }}
        data={orders}
      />
    </search>
  )
}

function NodeFilter({ value, onChange }: { value: string; onChange: (node: string) => void }) {
  const { data } = useAsk('listNodes', {})
  return (
    <NativeSelect
      aria-label="Node, with what is under it"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: '', label: 'All nodes' }, ...nodeChoices(data?.nodes ?? [])]}
    />
  )
}

/** The nodes for a list to choose from, in the order of the tree, set in by their depth. */
export function nodeChoices(nodes: AnswerOf<'listNodes'>['nodes']): { value: string; label: string }[] {
  const under = Map.groupBy(nodes, ({ parentId }) => parentId)
  const below = (parent: (typeof nodes)[number]['parentId'], depth: number): { value: string; label: string }[] =>
    (under.get(parent) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .flatMap(({ nodeId, name }) => [{ value: nodeId, label: `${'\u2003'.repeat(depth)}${name}` }, ...below(nodeId, depth + 1)])
  return below(null, 0)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
