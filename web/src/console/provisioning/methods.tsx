import { Button, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Empty } from '../../ui/empty.tsx'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { MethodShown } from './method-shown.ts'

/** Reads of a directory are not in the change feed. */
const LOOK_MILLIS = 15_000

/** The methods of all nodes that one may see. */
export function Methods() {
  const query = useAsk('listMethods', {}, { everyMillis: LOOK_MILLIS })
  return (
    <Loaded query={query}>
      {({ methods }) =>
        methods.length === 0 ? (
          <>
            <Empty title="No directory is connected">
              Choose a node, and add a provisioning method to it. From then on your directory decides who has an account.
            </Empty>
            <Text ta="center">
              <Button component={Link} to="/nodes">
                Choose a node
              </Button>
            </Text>
          </>
        ) : (
          <VirtualTable label="Methods" columns={columns} rows={methods} total={methods.length} keyOf={({ methodId }) => methodId} />
        )
      }
    </Loaded>
  )
}

const columns: readonly Column<MethodShown>[] = [
  {
    key: 'node',
    header: 'Node',
    cell: ({ nodeId, nodeName }) => (
      <Go to={`/nodes/${nodeId}`} search={{ tab: 'provisioning' }}>
        {nodeName}
      </Go>
    ),
  },
  {
    key: 'state',
    header: 'State',
    width: '7.5rem',
    cell: ({ state, observe }) => <StateBadge state={state} {...(observe && state === 'active' && { label: 'observed' })} />,
  },
  { key: 'contact', header: 'Last contact', cell: ({ lastContact }) => <TimeAgo at={lastContact?.at ?? null} /> },
  { key: 'day', header: 'Last 24 hours', hiddenWhen: 'narrow', cell: ({ nodeId, lastDay }) => <Counted nodeId={nodeId} {...lastDay} /> },
  { key: 'week', header: 'Last 7 days', hiddenWhen: 'medium', cell: ({ nodeId, lastWeek }) => <Counted nodeId={nodeId} {...lastWeek} /> },
  { key: 'token', header: 'Token made', hiddenWhen: 'medium', cell: ({ tokens }) => <TimeAgo at={tokens.at(-1)?.createdAt ?? null} /> },
]

function Counted({ nodeId, operations, failures }: { nodeId: string; operations: number; failures: number }) {
  return (
    <>
      {operations.toLocaleString('en')}
      {failures > 0 && (
        <>
          {', '}
          <Go to="/provisioning" search={{ tab: 'log', node: nodeId, result: 'failed' }}>
            {failures.toLocaleString('en')} failed
          </Go>
        </>
      )}
    </>
  )
}
