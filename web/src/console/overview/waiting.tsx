import { Button, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { durationText, numberText } from '../../ui/figures.ts'
import { Go } from '../../ui/go.tsx'
import { Section } from '../../ui/section.tsx'
import type { AnswerOf } from '../../worker/routes.ts'

type Waits = AnswerOf<'readOverview'>['waiting'][number]

const words: Readonly<Record<Waits['kind'], readonly [one: string, many: string]>> = {
  'log-key': ['key of the approvers to renew', 'keys of the approvers to renew'],
  team: ['first team key to make', 'first team keys to make'],
  membership: ['membership', 'memberships'],
  rotation: ['team key to renew', 'team keys to renew'],
  'folder-rotation': ['folder key to renew', 'folder keys to renew'],
  device: ['new device', 'new devices'],
  user: ['person who is not registered or verified', 'people who are not registered or verified'],
}

/** What waits for somebody, how much, and for how long the oldest does. */
export function Waiting({ waiting }: { waiting: readonly Waits[] }) {
  return (
    <Section
      title="What waits"
      actions={
        waiting.length > 0 && (
          <Button component={Link} to="/approvals" variant="default" size="xs">
            See all
          </Button>
        )
      }
    >
      {waiting.length === 0 ? (
        <Text c="dimmed">Nothing waits for anybody.</Text>
      ) : (
        <ul className="overview-list">
          {waiting.map(({ kind, count, since }) => (
            <li key={kind}>
              <Go to="/approvals" search={{ kind }}>
                {numberText(count)} {words[kind][count === 1 ? 0 : 1]}
              </Go>
              <Text size="sm" c="dimmed">
                {count === 1 ? 'for' : 'the oldest for'} {durationText(Date.now() - since)}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
