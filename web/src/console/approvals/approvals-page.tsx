import { Badge, Button, List, Paper, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Empty } from '../../ui/empty.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { account } from '../../worker/account.ts'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'

type Item = AnswerOf<'readPending'>['items'][number]

const words: Readonly<Record<Item['kind'], string>> = {
  'log-key': 'Key of the approvers',
  team: 'Team',
  membership: 'Membership',
  rotation: 'Next team key',
  'folder-rotation': 'Next folder key',
  device: 'Device',
  user: 'Person',
}

/** Everything that waits for a client with a key: why, and who can end the wait. */
export function ApprovalsPage() {
  const queries = useQueryClient()
  const pending = useAsk('readPending', {})
  const approve = useMutation({
    mutationFn: () => account.approveAll(),
    onSuccess: (done) => notifications.show({ message: done.length === 0 ? 'Nothing here waits for you.' : done.join(' ') }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['readPending'] }),
  })
  return (
    <>
      <PageTitle
        title="Approvals"
        lead="Keys are made and given in this browser; the server never has them."
        actions={
          <Button loading={approve.isPending} onClick={() => approve.mutate()}>
            Approve all
          </Button>
        }
      />
      <Stack>
        <Failure error={approve.error} />
        <Loaded query={pending}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nothing waits">When your directory pushes a group, it appears here as a pending team.</Empty>
            ) : (
              <Paper withBorder>
                <Table.ScrollContainer minWidth={640}>
                  <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="What waits">
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>What</Table.Th>
                        <Table.Th>Why it waits</Table.Th>
                        <Table.Th>Who can end the wait</Table.Th>
                        <Table.Th>Since</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {items.map((item) => (
                        <Row key={`${item.kind} ${item.teamId} ${item.userId} ${item.subjectId}`} item={item} />
                      ))}
                    </Table.Tbody>
                  </Table>
                </Table.ScrollContainer>
              </Paper>
            )
          }
        </Loaded>
      </Stack>
    </>
  )
}

function Row({ item }: { item: Item }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Badge variant="light">{words[item.kind]}</Badge>
        {item.team !== null && <Text fw={600}>{item.team}</Text>}
        {item.email !== null && <Text size="sm">{item.email}</Text>}
      </Table.Td>
      <Table.Td>{item.reason}</Table.Td>
      <Table.Td>
        <List size="sm" listStyleType="none">
          {item.unblockedBy.map(({ id, name, online }) => (
            <List.Item key={id}>
              {name}
              {online ? ' (online)' : ''}
            </List.Item>
          ))}
        </List>
        {item.others > 0 && <Text size="sm">and {item.others} more</Text>}
      </Table.Td>
      <Table.Td>
        <TimeAgo at={item.since} />
      </Table.Td>
    </Table.Tr>
  )
}
