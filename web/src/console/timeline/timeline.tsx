import type { TeamId, UserId } from '@claviger/contract/ids.ts'
import { Alert, Button, Text } from '@mantine/core'
import { IconPlugConnected, IconUser } from '@tabler/icons-react'
import { Empty } from '../../ui/empty.tsx'
import { Listed } from '../../ui/listed.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { type Pages, usePages } from '../../worker/pages.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { activityWords, actorWords } from './words.ts'
import './timeline.css'

type Timeline = AnswerOf<'readUserTimeline'>
type Entry = Timeline['entries'][number]

/** Everything that happened to a user, newest first. */
export function UserTimeline({ userId }: { userId: UserId }) {
  return <Entries list={usePages('readUserTimeline', { user: userId })} what="the user" />
}

/** Everything that happened to a team, newest first. */
export function TeamTimeline({ teamId }: { teamId: TeamId }) {
  return <Entries list={usePages('readTeamTimeline', { team: teamId })} what="the team" />
}

function Entries({ list, what }: { list: Pages<Timeline>; what: string }) {
  return (
    <Listed
      list={list}
      isEmpty={(pages) => pages.every(({ entries }) => entries.length === 0)}
      empty={<Empty title="Nothing happened yet">What administrators and the directory do appears here.</Empty>}
    >
      {(pages) => (
        <>
          <ol className="timeline" aria-label="Timeline">
            {pages
              .flatMap(({ entries }) => entries)
              .map((entry) => (
                <Item key={entry.id} entry={entry} what={what} />
              ))}
          </ol>
          {list.hasMore && (
            <Button variant="default" loading={list.isReading} onClick={list.readMore}>
              Show what was before
            </Button>
          )}
        </>
      )}
    </Listed>
  )
}

function Item({ entry, what }: { entry: Entry; what: string }) {
  const isDirectory = entry.source === 'directory'
  const Icon = isDirectory ? IconPlugConnected : IconUser
  return (
    <li data-refused={(isDirectory && entry.status >= 400) || undefined}>
      <span className="timeline-icon">
        <Icon size={16} aria-hidden />
      </span>
      <div className="timeline-words">
        <Text>{isDirectory ? entry.summary : `${activityWords(entry, what)}.`}</Text>
        <Text size="sm" c="dimmed">
          {isDirectory
            ? `Asked for by the directory${entry.status >= 400 ? `, answered ${entry.status}` : ''}`
            : `By ${actorWords(entry.actor)}`}{' '}
          · <TimeAgo at={entry.at} />
        </Text>
        {isDirectory && entry.detail !== null && <Text size="sm">{entry.detail}</Text>}
        {isDirectory && entry.advice !== null && (
          <Alert mt="xs" p="xs" color="orange" title="What to do">
            {entry.advice}
          </Alert>
        )}
      </div>
    </li>
  )
}
