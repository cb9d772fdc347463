import { NodeId, UserId } from '@claviger/contract/ids.ts'
import { Button, NativeSelect } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { Filters } from '../../../ui/filters.ts'
import { useAsk } from '../../../worker/ask.ts'
import type { InputOf } from '../../../worker/routes.ts'
import { placeNames } from '../../nodes/tree-rows.ts'
import { operationChoices } from './operations.ts'
import { UserFilter } from './user-filter.tsx'

const HOUR = 60 * 60 * 1000
const spans = [
  { value: '', label: 'Any time' },
  { value: 'hour', label: 'The last hour', millis: HOUR },
  { value: 'day', label: 'The last 24 hours', millis: 24 * HOUR },
  { value: 'week', label: 'The last 7 days', millis: 7 * 24 * HOUR },
] as const
/** The beginning of a span moves in steps, so that the question stays the same for as long. */
const STEP = 60 * 1000

export interface LogFiltersProps {
  readonly filters: Filters
  readonly onChange: (changes: Filters) => void
  readonly isFollowing: boolean
  readonly onFollow: (isFollowing: boolean) => void
}

/** What the log is narrowed to, and whether new lines arrive by themselves. */
export function LogFilters({ filters, onChange, isFollowing, onFollow }: LogFiltersProps) {
  const tree = useAsk('listNodes', {})
  const nodes = [...placeNames(tree.data?.nodes ?? [])].map(([value, label]) => ({ value, label }))
  const isNarrowed = Object.keys(noFilters).some((name) => filters[name] !== undefined)
  const choice = (name: string) => ({
    value: filters[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [name]: event.currentTarget.value || undefined }),
  })
  return (
    <search className="log-filters" aria-label="Provisioning log">
      <UserFilter userId={askedOf(filters).user} onChange={(user) => onChange({ user })} />
      <NativeSelect label="Node" data={[{ value: '', label: 'All nodes' }, ...nodes]} {...choice('node')} />
      <NativeSelect label="Operation" data={[{ value: '', label: 'All operations' }, ...operationChoices]} {...choice('operation')} />
      <NativeSelect label="Result" data={results} {...choice('result')} />
      <NativeSelect label="Time" data={spans.map(({ value, label }) => ({ value, label }))} {...choice('time')} />
      <Button
        variant={isFollowing ? 'light' : 'default'}
        aria-pressed={isFollowing}
        onClick={() => onFollow(!isFollowing)}
        leftSection={isFollowing ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        title={
          isFollowing ? 'New lines arrive by themselves. Press to hold the list still.' : 'Press to have new lines arrive by themselves.'
        }
      >
        Follow
      </Button>
      {isNarrowed && (
        <Button variant="subtle" onClick={() => onChange(noFilters)}>
          Clear filters
        </Button>
      )}
    </search>
  )
}

const noFilters = { user: undefined, node: undefined, operation: undefined, result: undefined, time: undefined }

const results = [
  { value: '', label: 'All results' },
  { value: 'failed', label: 'Failed' },
  { value: 'ok', label: 'Done' },
]

/** The question that the filters of the address ask. */
export function askedOf({ user, node, operation, result, time }: Filters): InputOf<'listProvisioningLog'> {
  const [who, where] = [UserId.safeParse(user).data, NodeId.safeParse(node).data]
  const span = spans.find(({ value }) => value === time)
  return {
    ...(who !== undefined && { user: who }),
    ...(where !== undefined && { node: where }),
    ...(operation !== undefined && { operation }),
    ...((result === 'ok' || result === 'failed') && { result }),
    ...(span !== undefined && 'millis' in span && { from: Math.floor((Date.now() - span.millis) / STEP) * STEP }),
  }
}
