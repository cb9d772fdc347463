import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Go } from '../../ui/go.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAct, useAsk } from '../../worker/ask.ts'
import { AddNode } from './add-node.tsx'
import type { NodeRead } from './node-page.tsx'
import { methodWords, teamWords, userWords } from './node-words.ts'
import { RenameNode } from './rename-node.tsx'

/** What a node is and holds, and what can be done with it. */
export function NodeDetails({ node }: { node: NodeRead }) {
  const tree = useAsk('listNodes', {})
  const [asked, setAsked] = useState<'rename' | 'add' | null>(null)
  const close = () => setAsked(null)
  const under = tree.data?.nodes.filter(({ parentId }) => parentId === node.nodeId) ?? []
  const mayManage = node.rights.includes('manage')
  return (
    <Stack gap="lg">
      <Paper withBorder p="lg" radius="md">
        <Facts
          facts={{
            Users: userWords(node.users),
            Teams: teamWords(node.teams),
            'Archived teams': node.teams.archived === 0 ? undefined : node.teams.archived.toLocaleString('en'),
            Directory: node.method === null ? 'none' : methodWords(node.method.state),
            Administrators: node.administrators === 0 ? 'none of its own' : node.administrators.toLocaleString('en'),
            Made: <TimeAgo at={node.createdAt} />,
            'Nodes under it': under.length === 0 ? 'none' : <Under nodes={under} />,
          }}
        />
        {mayManage && (
          <Group mt="lg" gap="sm">
            <Button variant="default" onClick={() => setAsked('rename')}>
              Rename
            </Button>
            <Button variant="default" onClick={() => setAsked('add')}>
              Add node under it
            </Button>
          </Group>
        )}
      </Paper>
      {mayManage && !node.isRoot && <Removal node={node} />}
      <RenameNode node={node} opened={asked === 'rename'} onClose={close} />
      <AddNode nodes={tree.data?.nodes ?? []} parentId={node.nodeId} opened={asked === 'add' && tree.data !== undefined} onClose={close} />
    </Stack>
  )
}

function Under({ nodes }: { nodes: readonly { nodeId: string; name: string }[] }) {
  return nodes.map(({ nodeId, name }, index) => (
    <span key={nodeId}>
      {index > 0 && ', '}
      <Go to={`/nodes/${nodeId}`}>{name}</Go>
    </span>
  ))
}

/** Removing, or why that cannot be done now. */
function Removal({ node }: { node: NodeRead }) {
  const navigate = useNavigate()
  const [isAsked, setAsked] = useState(false)
  const remove = useAct('removeNode', ['listNodes', 'listMethods', 'readOverview'])
  const close = () => {
    setAsked(false)
    remove.reset()
  }
  return (
    <Paper withBorder p="lg" radius="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h4">
            Remove
          </Title>
          <Text id="removal" c="dimmed" size="sm" mt={4}>
            {node.occupiedBy === null ? 'It holds nothing, so it can be removed.' : `It cannot be removed now. ${node.occupiedBy}`}
          </Text>
        </div>
        <Button variant="default" aria-describedby="removal" disabled={node.occupiedBy !== null} onClick={() => setAsked(true)}>
          Remove node
        </Button>
      </Group>
      <Confirm
        title={`Remove ${node.name}?`}
        verb="Remove"
        opened={isAsked}
        onClose={close}
        isDoing={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ node: node.nodeId }, { onSuccess: () => void navigate({ to: '/nodes' }) })}
      >
        <Text>
          The node goes{node.method === null ? '' : ', with its method that was never saved'}. It holds no users and no teams. What was done
          in it stays in the activity.
        </Text>
      </Confirm>
    </Paper>
  )
}
