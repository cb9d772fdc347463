import { TeamId } from '@claviger/contract/ids.ts'
import { Alert, Group, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Facts } from '../../ui/facts.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { PageTabs } from '../../ui/tabs.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { ApprovalReport } from '../approvals/approval-report.tsx'
import { useApproval } from '../approvals/use-approval.ts'
import { WhyItWaits } from '../approvals/why-it-waits.tsx'
import { NoSuchPage } from '../broken-pages.tsx'
import { TeamTimeline } from '../timeline/timeline.tsx'
import { ArchivedActs } from './archived-acts.tsx'
import { TeamActs } from './team-acts.tsx'
import { keyText } from './team-columns.tsx'
import { TeamMembers } from './team-members.tsx'
import './teams.css'

export type TeamDetails = AnswerOf<'readTeam'>

/** One team: what is known of it, who is on it, what can be done, and all that happened. */
export function TeamPage() {
  const { team } = useParams({ strict: false }) as { team?: unknown }
  const teamId = TeamId.safeParse(team).data
  return teamId === undefined ? <NoSuchPage /> : <OneTeam teamId={teamId} />
}

function OneTeam({ teamId }: { teamId: TeamId }) {
  const query = useAsk('readTeam', { team: teamId })
  const approval = useApproval()
  const { act } = approval
  return (
    <Loaded query={query}>
      {(team) => (
        <>
          <PageTitle
            title={team.name}
            lead={
              <Group gap="xs" component="span">
                <StateBadge state={team.status} />
                <span>
                  in <Go to={`/nodes/${team.nodeId}`}>{team.nodeName}</Go>
                </span>
              </Group>
            }
            actions={team.status === 'archived' ? <ArchivedActs team={team} /> : <TeamActs team={team} approval={approval} />}
          />
          <Stack mb="lg">
            {act.data !== undefined && <ApprovalReport key={act.submittedAt} outcome={act.data} onClose={act.reset} />}
            <Failure error={act.error} />
            {team.status === 'archived' && (
              <Alert color="gray" title="Archived">
                <Text size="sm">
                  The directory deleted this group, so nobody opens the team’s folders through it. Nothing is lost: restore the team, or
                  purge it for good.
                </Text>
              </Alert>
            )}
            <WhyItWaits teamId={teamId} />
            <TeamFacts team={team} />
          </Stack>
          <PageTabs
            label="About the team"
            tabs={[
              { key: 'members', label: 'Members', content: <TeamMembers teamId={teamId} /> },
              { key: 'timeline', label: 'Timeline', content: <TeamTimeline teamId={teamId} /> },
            ]}
          />
        </>
      )}
    </Loaded>
  )
}

function TeamFacts({ team }: { team: TeamDetails }) {
  const { members, folders, createdAt, archivedAt, externalId } = team
  return (
    <Facts
      facts={{
        Members: `${members.active} active, ${members.pending} pending`,
        'Shared folders': folders,
        'Team key': keyText(team),
        Created: <TimeAgo at={createdAt} />,
        Archived: archivedAt === null ? undefined : <TimeAgo at={archivedAt} />,
        'Id in the directory': externalId ?? undefined,
      }}
    />
  )
}
