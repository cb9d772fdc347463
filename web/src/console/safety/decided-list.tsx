import { Empty } from '../../ui/empty.tsx'
import { Listed } from '../../ui/listed.tsx'
import { type State, StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { usePages } from '../../worker/pages.ts'
import { actorWords } from '../timeline/words.ts'
import type { Held } from './safety-words.ts'

/** Rows that are read at a time. */
const PAGE = 200

/** The looks of what became of held requests. */
const badges: Readonly<Record<Held['state'], State>> = {
  held: 'pending',
  approved: 'queued',
  applied: 'accepted',
  failed: 'failed',
  rejected: 'deleted',
  superseded: 'archived',
}

/** What was held and decided, newest first. */
export function DecidedList({ methodId }: { methodId: string }) {
  const list = usePages('listHeld', { method: methodId, which: 'decided', limit: PAGE })
  const rows = list.pages?.flatMap(({ held }) => held) ?? []
  return (
    <Listed
      list={list}
      isEmpty={() => rows.length === 0}
      empty={<Empty title="Nothing was decided yet">What you apply or reject stands here afterwards, with what came of it.</Empty>}
    >
      {() => (
        <VirtualTable<Held>
          label="Decided"
          columns={columns}
          rows={rows}
          total={null}
          keyOf={({ heldId }) => heldId}
          onEnd={list.readMore}
        />
      )}
    </Listed>
  )
}

const columns: readonly Column<Held>[] = [
  { key: 'what', header: 'What it wanted', cell: ({ summary, result }) => <span title={result ?? summary}>{result ?? summary}</span> },
  { key: 'state', header: 'Became', width: '8.5rem', cell: ({ state }) => <StateBadge state={badges[state]} label={state} /> },
  {
    key: 'by',
    header: 'Decided by',
    width: '14rem',
    hiddenWhen: 'narrow',
    cell: ({ decidedBy }) => (decidedBy === null ? 'the directory itself' : actorWords(decidedBy)),
  },
  { key: 'at', header: 'Decided', width: '9rem', hiddenWhen: 'narrow', cell: ({ decidedAt }) => <TimeAgo at={decidedAt} /> },
]
