import { Stack } from '@mantine/core'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { useAsk } from '../../worker/ask.ts'
import { PausedByLimits } from '../safety/safety-banner.tsx'
import { Directories } from './directories.tsx'
import { FirstSteps } from './first-steps.tsx'
import { Operations } from './operations.tsx'
import { PeopleAndTeams } from './people-and-teams.tsx'
import { useFirstSteps } from './steps.ts'
import { Waiting } from './waiting.tsx'
import './overview.css'

/** How the enterprise is; for a new one the way to its first people, because figures of nothing help nobody. */
export function OverviewPage() {
  const overview = useAsk('readOverview', {})
  const nodes = useAsk('listNodes', {})
  const { steps, isShown, hasPeople, hide } = useFirstSteps(overview.data, nodes.data?.nodes)
  return (
    <>
      <PageTitle title="Overview" />
      <Loaded query={overview}>
        {(data) => (
          <Stack gap="lg">
            <PausedByLimits directories={data.directories} />
            {isShown && <FirstSteps steps={steps} onHide={hide} />}
            {(!isShown || hasPeople) && (
              <>
                <PeopleAndTeams overview={data} />
                <div className="overview-halves">
                  <Waiting waiting={data.waiting} />
                  <Directories directories={data.directories} />
                </div>
                <Operations days={data.days} />
              </>
            )}
          </Stack>
        )}
      </Loaded>
    </>
  )
}
