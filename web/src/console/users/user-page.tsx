import { UserId } from '@claviger/contract/ids.ts'
import { Alert, Group, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { PageTabs } from '../../ui/tabs.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { WhyItWaits } from '../approvals/why-it-waits.tsx'
import { NoSuchPage } from '../broken-pages.tsx'
import { UserTimeline } from '../timeline/timeline.tsx'
import { LettingIn } from './let-back-in.tsx'
import { UserActs } from './user-acts.tsx'
import { UserFacts } from './user-facts.tsx'
import { flagWords } from './user-flags.tsx'
import { UserTeams } from './user-teams.tsx'
import './users.css'

export type UserDetails = AnswerOf<'readUser'>

/** One user: what is known of them, what can be done, and all that happened. */
export function UserPage() {
  const { user } = useParams({ strict: false }) as { user?: unknown }
  const userId = UserId.safeParse(user).data
  return userId === undefined ? <NoSuchPage /> : <OneUser userId={userId} />
}

function OneUser({ userId }: { userId: UserId }) {
  const query = useAsk('readUser', { user: userId })
  return (
    <Loaded query={query}>
      {(user) => (
        <>
          <PageTitle title={user.email} lead={<Place user={user} />} actions={<UserActs user={user} />} />
          <Stack mb="lg">
            {user.flags.map((flag) => (
              <Alert key={flag} color="orange" title={flagWords[flag].label}>
                {flagWords[flag].about}
                {flag === 'invitation-failed' &&
                  user.invitation?.lastError != null &&
                  ` The mail server said: ${user.invitation.lastError}.`}{' '}
                {flagWords[flag].cure}
              </Alert>
            ))}
            <LettingIn userId={userId} />
            <WhyItWaits userId={userId} />
          </Stack>
          <PageTabs
            label="About the user"
            tabs={[
              { key: 'details', label: 'Details', content: <UserFacts user={user} /> },
              { key: 'teams', label: user.teamCount === 0 ? 'Teams' : `Teams (${user.teamCount})`, content: <UserTeams userId={userId} /> },
              { key: 'timeline', label: 'Timeline', content: <UserTimeline userId={userId} /> },
            ]}
          />
        </>
      )}
    </Loaded>
  )
}

function Place({ user: { name, status, nodeId, nodeName } }: { user: UserDetails }) {
  return (
    <Group component="span" gap="xs">
      <StateBadge state={status} />
      {name !== undefined && <Text span>{name}</Text>}
      <Text span>
        in <Go to={`/nodes/${nodeId}`}>{nodeName}</Go>
      </Text>
    </Group>
  )
}
