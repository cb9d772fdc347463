import { NodeId } from '@claviger/contract/ids.ts'
import { Alert, List, NativeSelect, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { useAct, useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { nodeChoices } from './user-filters.tsx'
import type { UserDetails } from './user-page.tsx'

/** Moves a user to another node, and asks once more where they leave teams or a directory's view. */
export function MoveUser({ user, onClose }: { user: UserDetails; onClose: () => void }) {
  const nodes = useAsk('listNodes', {}).data?.nodes ?? []
  const [chosen, setChosen] = useState('')
  const move = useAct('moveUser', ['readUser', 'listUsers', 'listUserTeams', 'readUserTimeline', 'listNodes'])
  const to = NodeId.safeParse(chosen).data
  const able = new Set(
    nodes.filter(({ rights, nodeId }) => rights.includes('manage-users') && nodeId !== user.nodeId).map(({ nodeId }) => nodeId),
  )
  const asked = move.data?.outcome === 'confirm' && move.variables?.nodeId === to ? move.data : undefined
  const submit = () => {
    if (to === undefined) return
    const told = ({ outcome }: AnswerOf<'moveUser'>) => {
      if (outcome !== 'done') return
      notifications.show({ message: `${user.email} was moved. Keys, devices and own folders stay.` })
      onClose()
    }
    // A refusal is shown below.
    move.mutateAsync({ user: user.userId, nodeId: to, confirm: asked !== undefined }).then(told, () => {})
  }
  return (
    <Confirm
      title={`Move ${user.email}`}
      opened
      onClose={onClose}
      verb={asked === undefined ? 'Move' : 'Move all the same'}
      onConfirm={submit}
      isDoing={move.isPending}
      error={move.error}
      isDestructive={asked !== undefined}
    >
      <Stack gap="sm">
        <Text>Keys, devices and own folders go along. Teams are of one node, so those of the old node are left.</Text>
        <NativeSelect
          label="To the node"
          required
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={[
            { value: '', label: able.size === 0 ? 'There is no other node that you may manage' : 'Choose a node' },
            ...nodeChoices(nodes).map((choice) => ({ ...choice, disabled: ![...able].some((id) => id === choice.value) })),
          ]}
        />
        {asked !== undefined && (
          <Alert color="orange" title="Nothing was moved yet">
            {asked.warning}
            {asked.teams.length > 0 && (
              <List size="sm" mt="xs">
                {asked.teams.map(({ teamId, name }) => (
                  <List.Item key={teamId}>{name}</List.Item>
                ))}
              </List>
            )}
          </Alert>
        )}
      </Stack>
    </Confirm>
  )
}
