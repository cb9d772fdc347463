import type { PendingItem } from '@claviger/contract/api/pending.ts'
import type { TeamId, UserId } from '@claviger/contract/ids.ts'
import { Group, Paper, Text, Title } from '@mantine/core'
import { Failure } from '../../ui/failure.tsx'
import { Go } from '../../ui/go.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAsk } from '../../worker/ask.ts'
import { UnblockedBy } from './unblocked-by.tsx'

/** Named one by one; the page of approvals has them all. */
export const SHOWN = 3

/** Why a person or a team waits, and who can end the wait. Nothing where nothing waits. */
export function WhyItWaits(about: { readonly userId: UserId } | { readonly teamId: TeamId }) {
  const isPerson = 'userId' in about
  const place = isPerson ? { user: about.userId } : { team: about.teamId }
  const waiting = useAsk('readPending', { limit: SHOWN, ...place })
  if (waiting.isError) return <Failure error={waiting.error} onRetry={() => void waiting.refetch()} />
  if (waiting.data === undefined || waiting.data.items.length === 0) return null
  const { more } = waiting.data
  // Where the team itself waits, its members wait for nothing else.
  const isTeamFirst = waiting.data.items.some(({ kind }) => kind === 'team')
  const items = waiting.data.items.filter(({ code }) => !isTeamFirst || code !== 'team-pending')
  const hasMore = items.length > SHOWN || more.length > 0
  return (
    <Paper withBorder p="md" component="section" aria-label="Why it waits">
      <Title order={2} size="h4" mb="sm">
        Why it waits
      </Title>
      <ul className="why-it-waits">
        {items.slice(0, SHOWN).map((item) => (
          <Wait key={`${item.kind} ${item.teamId} ${item.userId} ${item.subjectId}`} item={item} />
        ))}
      </ul>
      <Group mt="md">
        <Go to="/approvals" search={{ ...place }}>
          {hasMore ? 'See all that waits here, and approve' : 'Go to the approvals'}
        </Go>
      </Group>
    </Paper>
  )
}

function Wait({ item }: { item: PendingItem }) {
  return (
    <li>
      <Text>{item.reason}</Text>
      <div className="why-it-waits-end">
        <Text span c="dimmed" size="sm">
          Who can end the wait:
        </Text>
        <UnblockedBy item={item} />
        <Text span c="dimmed" size="sm">
          (since <TimeAgo at={item.since} />)
        </Text>
      </div>
    </li>
  )
}
