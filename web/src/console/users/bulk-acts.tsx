import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { BulkDialog } from './bulk-dialog.tsx'
import { bulkWords, usersText } from './bulk-words.ts'
import type { BulkAct, Target } from './run-bulk.ts'
import type { UserQuery } from './user-filters.tsx'

export interface BulkActsProps {
  readonly chosen: readonly Target[]
  /** Everybody who fits is meant, also those who were not read yet. */
  readonly all: { readonly query: UserQuery; readonly total: number } | null
  /** Chooses everybody who fits; null where that is so. */
  readonly onChooseAll: (() => void) | null
  readonly total: number
  /** Called when the choice has served. */
  readonly onDone: () => void
}

const acts: readonly BulkAct[] = ['resend', 'lock', 'unlock']

/** What can be done with those who are chosen. */
export function BulkActs({ chosen, all, onChooseAll, total, onDone }: BulkActsProps) {
  const [act, setAct] = useState<BulkAct | null>(null)
  const count = all === null ? chosen.length : all.total
  return (
    <>
      <Text size="sm" fw={600} role="status">
        {all === null ? `${usersText(count)} chosen` : `All ${usersText(count)} that match are chosen`}
      </Text>
      {onChooseAll !== null && (
        <Button size="xs" variant="subtle" onClick={onChooseAll}>
          Choose all {new Intl.NumberFormat('en').format(total)} that match
        </Button>
      )}
      {acts.map((each) => (
        <Button key={each} size="xs" variant="default" onClick={() => setAct(each)}>
          {bulkWords[each].verb}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={onDone}>
        Choose nobody
      </Button>
      {act !== null && <BulkDialog act={act} chosen={chosen} all={all} onClose={() => setAct(null)} onDone={onDone} />}
    </>
  )
}
