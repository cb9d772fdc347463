import { UnstyledButton } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Empty } from '../../../ui/empty.tsx'
import { useFilters } from '../../../ui/filters.ts'
import { Listed } from '../../../ui/listed.tsx'
import { TimeAgo } from '../../../ui/time.tsx'
import { type Column, VirtualTable } from '../../../ui/virtual-table.tsx'
import { EntryDetail } from './entry-detail.tsx'
import { type Entry, useFollowedLog } from './followed.ts'
import { askedOf, LogFilters } from './log-filters.tsx'
import { operationWords } from './operations.ts'
import { ResultBadge } from './result-badge.tsx'
import './log.css'

/** Every request of the directories: what it changed, and where it failed, what to do. */
export function ProvisioningLog() {
  const [filters, change] = useFilters()
  const asked = useMemo(() => askedOf(filters), [filters])
  const [isFollowing, setFollowing] = useState(true)
  const [opened, setOpened] = useState<Entry | null>(null)
  const { list, entries } = useFollowedLog(asked, isFollowing)
  return (
    <>
      <LogFilters filters={filters} onChange={change} isFollowing={isFollowing} onFollow={setFollowing} />
      <Listed list={list} isEmpty={() => entries.length === 0} empty={<Nothing isNarrowed={Object.keys(asked).length > 0} />}>
        {() => (
          <VirtualTable
            label="Provisioning log"
            columns={columnsWith(setOpened)}
            rows={entries}
            total={list.hasMore ? null : entries.length}
            keyOf={({ id }) => id}
            onEnd={list.readMore}
          />
        )}
      </Listed>
      <EntryDetail entry={opened} onClose={() => setOpened(null)} />
    </>
  )
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  return isNarrowed ? (
    <Empty title="No request fits">Widen the filters, or clear them. Lines are kept for some weeks only.</Empty>
  ) : (
    <Empty title="No directory has called yet">
      Add a method to a node and connect a directory with its URL and token: each of its requests appears here, a failed test too.
    </Empty>
  )
}

function columnsWith(onOpen: (entry: Entry) => void): readonly Column<Entry>[] {
  return [
    { key: 'at', header: 'When', width: '9rem', hiddenWhen: 'narrow', cell: ({ at }) => <TimeAgo at={at} /> },
    { key: 'result', header: 'Result', width: '8.5rem', cell: (entry) => <ResultBadge entry={entry} /> },
    {
      key: 'what',
      header: 'What',
      cell: (entry) => (
        <UnstyledButton className="log-line" onClick={() => onOpen(entry)} aria-haspopup="dialog">
          <span className="log-operation">{operationWords(entry.operation)}</span>
          <span className="log-summary">{entry.detail ?? entry.summary}</span>
        </UnstyledButton>
      ),
    },
    { key: 'node', header: 'Node', width: '12rem', hiddenWhen: 'medium', cell: ({ nodeName }) => nodeName },
  ]
}
