import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useState } from 'react'
import { Empty } from '../../ui/empty.tsx'
import { numberText } from '../../ui/figures.ts'
import { Listed } from '../../ui/listed.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { useAsk } from '../../worker/ask.ts'
import { usePages } from '../../worker/pages.ts'
import { DecideAll } from './decide-all.tsx'
import { HeldDetail } from './held-detail.tsx'
import { type Held, limitsText, peopleText, removalsText } from './safety-words.ts'

/** Rows that are read at a time. */
const PAGE = 200

/** What the limits of a method hold back, to be decided upon. */
export function HeldList({ methodId, mayManage }: { methodId: string; mayManage: boolean }) {
  const safety = useAsk('readSafety', { method: methodId })
  const list = usePages('listHeld', { method: methodId, which: 'open', limit: PAGE })
  const [looked, look] = useState<string | null>(null)
  const rows = list.pages?.flatMap(({ held }) => held) ?? []
  return (
    <Loaded query={safety}>
      {(now) => (
        <Stack>
          {now.pausedBy === 'breaker' && (
            <Alert color="red" variant="light" icon={<IconHandStop aria-hidden />} title="Paused by its limits: you decide">
              <Text size="sm" mb="sm">
                {removalsText(now.held.requests)}, from {peopleText(now.held.people)}, are held; nothing of them is applied. The limits are{' '}
                {limitsText(now)}. Until you decide, the directory is told to come back later.
              </Text>
              {mayManage ? (
                <DecideAll methodId={methodId} held={now.held} />
              ) : (
                <Text size="sm">It takes a full administrator of this node, or of one above it, to decide.</Text>
              )}
            </Alert>
          )}
          <Listed
            list={list}
            isEmpty={() => rows.length === 0}
            empty={
              <Empty title="Nothing is held">
                Where the directory would take access from more people than the limits allow, it is paused, and what it wanted stands here.
                The limits are {limitsText(now)}.
              </Empty>
            }
          >
            {() => (
              <VirtualTable<Held>
                label="Held"
                columns={columnsWith(look)}
                rows={rows}
                total={now.held.requests}
                keyOf={({ heldId }) => heldId}
                onEnd={list.readMore}
              />
            )}
          </Listed>
          <HeldDetail
            held={rows.find(({ heldId }) => heldId === looked) ?? null}
            methodId={methodId}
            mayManage={mayManage}
            onClose={() => look(null)}
          />
        </Stack>
      )}
    </Loaded>
  )
}

function columnsWith(look: (heldId: string) => void): readonly Column<Held>[] {
  return [
    { key: 'what', header: 'What it wants', cell: ({ summary }) => <span title={summary}>{summary}</span> },
    { key: 'people', header: 'People', width: '6rem', hiddenWhen: 'narrow', cell: ({ people }) => numberText(people) },
    { key: 'sent', header: 'Sent', width: '11rem', hiddenWhen: 'narrow', cell: (held) => <Sent held={held} /> },
    {
      key: 'look',
      header: 'Decide',
      width: '7rem',
      cell: ({ heldId, summary }) => (
        <Group>
          <Button size="compact-sm" variant="default" aria-label={`Look at it: ${summary}`} onClick={() => look(heldId)}>
            Look at it
          </Button>
        </Group>
      ),
    },
  ]
}

function Sent({ held: { lastAt, times } }: { held: Held }) {
  return (
    <>
      <TimeAgo at={lastAt} />
      {times > 1 && `, ${numberText(times)} times`}
    </>
  )
}
