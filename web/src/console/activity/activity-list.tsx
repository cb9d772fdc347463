import { Button, Group } from '@mantine/core'
import { Facts } from '../../ui/facts.tsx'
import type { Filters } from '../../ui/filters.ts'
import { exactTime, TimeAgo } from '../../ui/time.tsx'
import type { AnswerOf } from '../../worker/routes.ts'
import { activityWords, actorWords, subjectWords } from '../timeline/words.ts'
import './activity.css'

type Entry = AnswerOf<'listActivity'>['entries'][number]

interface ActivityListProps {
  readonly entries: readonly Entry[]
  readonly onNarrow: (changes: Filters) => void
  /** Reads what is older; undefined where there is nothing. */
  readonly onMore: (() => void) | undefined
}

/** The entries, each a sentence that opens to all that is known of it. */
export function ActivityList({ entries, onNarrow, onMore }: ActivityListProps) {
  return (
    <>
      <ul className="activity" aria-label="Activity">
        {entries.map((entry) => (
          <li key={entry.id}>
            <details>
              <summary>
                <span className="activity-words">
                  {activityWords(entry)} <span className="activity-by">by {actorWords(entry.actor)}</span>
                </span>
                <span className="activity-time">
                  <TimeAgo at={entry.at} />
                </span>
              </summary>
              <Details entry={entry} onNarrow={onNarrow} />
            </details>
          </li>
        ))}
      </ul>
      {onMore !== undefined && (
        <Group justify="center">
          <Button variant="default" onClick={onMore}>
            Show older
          </Button>
        </Group>
      )}
    </>
  )
}

function Details({ entry: { at, actor, action, subject, detail }, onNarrow }: { entry: Entry; onNarrow: (changes: Filters) => void }) {
  const more = Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, shown(value)]))
  const actorKey = actor.id === null ? actor.kind : `${actor.kind === 'directory' ? 'scim' : actor.kind}:${actor.id}`
  return (
    <div className="activity-details">
      <Facts
        facts={{
          When: exactTime(at),
          Who: actorWords(actor),
          'To what': subjectWords(subject),
          Action: <code>{action}</code>,
          'Id of the subject': subject.id === null ? undefined : <code>{subject.id}</code>,
          ...more,
        }}
      />
      <Group gap="xs" mt="md">
        <Button size="compact-sm" variant="default" onClick={() => onNarrow({ actor: actorKey })}>
          Only by {actorWords(actor)}
        </Button>
        {subject.id !== null && (
          <Button size="compact-sm" variant="default" onClick={() => onNarrow({ subject: subject.id ?? undefined })}>
            Only about {subjectWords(subject)}
          </Button>
        )}
      </Group>
    </div>
  )
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
