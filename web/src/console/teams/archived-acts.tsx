import { Button, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { useAct } from '../../worker/ask.ts'
import type { TeamDetails } from './team-page.tsx'

/** What becomes of an archived team: it is brought back, or removed for good. */
export function ArchivedActs({ team }: { team: TeamDetails }) {
  const [asking, setAsking] = useState<'restore' | 'purge' | null>(null)
  const navigate = useNavigate()
  const restore = useAct('restoreTeam', ['readTeam', 'listTeams', 'readPending', 'readOverview', 'readTeamTimeline'])
  const purge = useAct('purgeTeam', ['listTeams', 'readOverview'])
  const close = () => setAsking(null)
  return (
    <>
      <Button variant="default" onClick={() => setAsking('restore')}>
        Restore
      </Button>
      <Button variant="default" onClick={() => setAsking('purge')}>
        Purge
      </Button>
      <Confirm
        title={`Restore ${team.name}`}
        opened={asking === 'restore'}
        onClose={close}
        verb="Restore"
        isDestructive={false}
        isDoing={restore.isPending}
        error={restore.error}
        onConfirm={() => restore.mutate({ team: team.teamId }, { onSuccess: close })}
      >
        <Stack gap="sm">
          <Text>
            The team comes back with its members, but for who was deleted or moved away meanwhile, and with the {team.folders} folders that
            are shared with it. Its next key and theirs are due.
          </Text>
          <Text>The directory sees the group again; what it says about its members counts from then on.</Text>
        </Stack>
      </Confirm>
      <Confirm
        title={`Purge ${team.name}`}
        opened={asking === 'purge'}
        onClose={close}
        verb="Purge for good"
        typeName={team.name}
        isDoing={purge.isPending}
        error={purge.error}
        onConfirm={() => purge.mutate({ team: team.teamId, confirmName: team.name }, { onSuccess: () => void navigate({ to: '/teams' }) })}
      >
        The team, its memberships and its keys are removed and cannot be had back. The folders that are shared with it stay with their
        owners, and get another key.
      </Confirm>
    </>
  )
}
