import type { UserId } from '@claviger/contract/ids.ts'
import { Table, Text } from '@mantine/core'
import { Empty } from '../../ui/empty.tsx'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAsk } from '../../worker/ask.ts'

/** The teams of a user, with how far each membership is. */
export function UserTeams({ userId }: { userId: UserId }) {
  return (
    <Loaded query={useAsk('listUserTeams', { user: userId })}>
      {({ teams, total }) =>
        teams.length === 0 ? (
          <Empty title="On no team">Push a group from your directory with this person in it: the team appears here.</Empty>
        ) : (
          <>
            <Table aria-label="Teams" verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Team</Table.Th>
                  <Table.Th>Membership</Table.Th>
                  <Table.Th>Since</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {teams.map(({ teamId, name, status, membership, since }) => (
                  <Table.Tr key={teamId}>
                    <Table.Td className="user-team">
                      <Go to={`/teams/${teamId}`}>{name}</Go>
                      {status === 'pending' && (
                        <Text size="xs" c="dimmed">
                          The team waits for its approval.
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>
                      <StateBadge state={membership} />
                    </Table.Td>
                    <Table.Td>
                      <TimeAgo at={since} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {total > teams.length && (
              <Text size="sm" c="dimmed" mt="sm">
                Showing {teams.length} of {total}.
              </Text>
            )}
          </>
        )
      }
    </Loaded>
  )
}
