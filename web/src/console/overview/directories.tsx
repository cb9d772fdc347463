import { Text } from '@mantine/core'
import { Go } from '../../ui/go.tsx'
import { Section } from '../../ui/section.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import type { AnswerOf } from '../../worker/routes.ts'

type Directory = AnswerOf<'readOverview'>['directories'][number]

/** Each node's directory: whether it may provision, and when it last called. */
export function Directories({ directories }: { directories: readonly Directory[] }) {
  return (
    <Section title="Directories">
      {directories.length === 0 ? (
        <Text c="dimmed">
          No directory is connected. <Go to="/nodes">Choose a node</Go> and add a method to it.
        </Text>
      ) : (
        <ul className="overview-list">
          {directories.map(({ methodId, nodeId, nodeName, state, observe, lastContactAt }) => (
            <li key={methodId}>
              <span className="overview-named">
                <Go to={`/nodes/${nodeId}`} search={{ tab: 'provisioning' }}>
                  {nodeName}
                </Go>
                <StateBadge state={state} {...(observe && state === 'active' && { label: 'observed only' })} />
              </span>
              <Text size="sm" c="dimmed">
                {lastContactAt === null ? (
                  'has not called yet'
                ) : (
                  <>
                    last contact <TimeAgo at={lastContactAt} />
                  </>
                )}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
