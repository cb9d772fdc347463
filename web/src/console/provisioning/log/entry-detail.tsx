import { Alert, Group, Stack, Text, Title } from '@mantine/core'
import { IconBulb } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { CopyField } from '../../../ui/copy-field.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { Go } from '../../../ui/go.tsx'
import { exactTime } from '../../../ui/time.tsx'
import type { Entry } from './followed.ts'
import { operationWords } from './operations.ts'
import { ResultBadge } from './result-badge.tsx'

/** One request of a directory, whole. */
export function EntryDetail({ entry, onClose }: { entry: Entry | null; onClose: () => void }) {
  return (
    <Dialog title={entry === null ? '' : operationWords(entry.operation)} opened={entry !== null} onClose={onClose} size="lg">
      {entry !== null && <Detail entry={entry} onClose={onClose} />}
    </Dialog>
  )
}

function Detail({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  return (
    <Stack>
      <Group gap="sm">
        <ResultBadge entry={entry} />
        <Text size="sm" c="dimmed">
          {exactTime(entry.at)}
        </Text>
      </Group>
      <Part title="What changed">{entry.summary}</Part>
      {entry.detail !== null && <Part title="What the directory was told">{entry.detail}</Part>}
      {entry.result === 'failed' && (
        <Alert color="yellow" variant="light" icon={<IconBulb aria-hidden />} title="What to do">
          {entry.advice ??
            'The words above say it. Then have the directory try again: in Okta under Tasks, while Entra ID does so by itself in its next cycle.'}
        </Alert>
      )}
      {entry.result === 'ok' && entry.advice !== null && (
        <Alert color="yellow" variant="light" icon={<IconBulb aria-hidden />} title="What to do">
          {entry.advice}
        </Alert>
      )}
      <Subject entry={entry} onGo={onClose} />
      <Facts
        facts={{
          Node: (
            <Go to={`/nodes/${entry.nodeId}`} search={{ tab: 'provisioning' }}>
              {entry.nodeName}
            </Go>
          ),
          Answered: entry.status,
        }}
      />
      <Part title="Request">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be reached with the keyboard */}
        <section className="log-body" tabIndex={0} aria-label="Request">
          {`${entry.httpMethod} ${entry.path}${entry.requestBody === null ? '' : `\n\n${readable(entry.requestBody)}`}`}
        </section>
        <Text size="xs" c="dimmed" mt={4}>
          Without secrets, and without names of people unless the settings show them.
        </Text>
      </Part>
      <CopyField label="Request id" value={entry.requestId} description="The server’s own log has it too." />
    </Stack>
  )
}

/** Who or what it was about, and the ways there. */
function Subject({ entry: { subject }, onGo }: { entry: Entry; onGo: () => void }) {
  if (subject?.id == null || (subject.kind !== 'user' && subject.kind !== 'team')) return null
  const [page, own] = subject.kind === 'user' ? ['/users', 'This user’s timeline'] : ['/teams', 'This team’s timeline']
  return (
    <Part title={subject.kind === 'user' ? 'User' : 'Team'}>
      <Group gap="md">
        <Go to={`${page}/${subject.id}`}>{subject.name ?? 'deleted meanwhile'}</Go>
        <Go to={`${page}/${subject.id}`} search={{ tab: 'timeline' }}>
          {own}
        </Go>
        {subject.kind === 'user' && (
          <Go to="/provisioning" search={{ tab: 'log', user: subject.id }} onGo={onGo}>
            Only this user’s lines
          </Go>
        )}
      </Group>
    </Part>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="h6" mb={2}>
        {title}
      </Title>
      <div>{children}</div>
    </div>
  )
}

/** JSON with its lines apart; what was cut for its length stays as it is. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
