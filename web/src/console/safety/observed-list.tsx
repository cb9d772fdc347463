import { Button, Group, Stack, Text } from '@mantine/core'
import { Empty } from '../../ui/empty.tsx'
import { numberText } from '../../ui/figures.ts'
import { useFilters } from '../../ui/filters.ts'
import { Listed } from '../../ui/listed.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { usePages } from '../../worker/pages.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { observedText } from './safety-words.ts'

type Observed = AnswerOf<'listObserved'>['observed'][number]
type Counts = AnswerOf<'listObserved'>['counts']

/** Rows that are read at a time. */
const PAGE = 200

/** What the directory would have done: how much of what, and the newest of each person and team. */
export function ObservedList({ methodId }: { methodId: string }) {
  const [{ operation }, change] = useFilters()
  const list = usePages('listObserved', { method: methodId, ...(operation !== undefined && { operation }), limit: PAGE })
  const rows = list.pages?.flatMap(({ observed }) => observed) ?? []
  const counts = list.pages?.at(-1)?.counts
  return (
    <Stack>
      {counts !== undefined && <Summary counts={counts} chosen={operation} onChoose={(next) => change({ operation: next })} />}
      <Listed
        list={list}
        isEmpty={() => rows.length === 0}
        empty={
          <Empty title="Nothing was observed">
            Turn on “Observe only” on the page of the method, and have the directory send what it has: what it would do stands here, and
            nothing of it is applied.
          </Empty>
        }
      >
        {() => (
          <VirtualTable<Observed>
            label="Observed"
            columns={columns}
            rows={rows}
            total={null}
            keyOf={({ observedId }) => observedId}
            onEnd={list.readMore}
          />
        )}
      </Listed>
    </Stack>
  )
}

interface SummaryProps {
  readonly counts: Counts
  readonly chosen: string | undefined
  readonly onChoose: (operation: string | undefined) => void
}

/** What would happen, by what; each is a filter. */
function Summary({ counts: { operations, memberships }, chosen, onChoose }: SummaryProps) {
  if (operations.length === 0) return null
  return (
    <div>
      <Text size="sm" mb="xs">
        What would happen:
      </Text>
      <Group gap="xs">
        {operations.map(({ operation, count }) => (
          <Button
            key={operation}
            size="compact-sm"
            variant={chosen === operation ? 'filled' : 'default'}
            aria-pressed={chosen === operation}
            onClick={() => onChoose(chosen === operation ? undefined : operation)}
          >
            {observedText(operation, count)}
          </Button>
        ))}
      </Group>
      {memberships.added + memberships.removed > 0 && (
        <Text size="sm" mt="xs">
          On teams: {numberText(memberships.added)} added, {numberText(memberships.removed)} removed.
        </Text>
      )}
    </div>
  )
}

const columns: readonly Column<Observed>[] = [
  { key: 'what', header: 'What it would do', cell: ({ summary }) => <span title={summary}>{summary}</span> },
  {
    key: 'times',
    header: 'Sent',
    width: '6rem',
    hiddenWhen: 'narrow',
    cell: ({ times }) => (times === 1 ? 'once' : `${numberText(times)} times`),
  },
  { key: 'at', header: 'Last', width: '9rem', cell: ({ at }) => <TimeAgo at={at} /> },
]
