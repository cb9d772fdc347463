import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { Failure } from '../../ui/failure.tsx'
import { bulkWords, usersText } from './bulk-words.ts'
import type { BulkAct, BulkReport } from './run-bulk.ts'

/** People that a reason names. */
const NAMED = 5

interface BulkResultProps {
  readonly report: BulkReport
  readonly isUndone: boolean
  readonly onConfirm: () => void
  readonly onUndo: (undo: BulkAct) => void
  readonly onClose: () => void
}

/** What became of everybody: done, refused with the reason, and what waits for a decision. */
export function BulkResult({ report, isUndone, onConfirm, onUndo, onClose }: BulkResultProps) {
  const { act, done, unchanged, refused, toConfirm, left, error } = report
  const { verb, done: doneWord, already, undo } = bulkWords[act]
  return (
    <Stack>
      <Text role="status" fw={600}>
        {isUndone ? 'Undone. ' : ''}
        {doneWord}: {usersText(done.length)}.
      </Text>
      {unchanged.length > 0 && (
        <Text size="sm">
          {already}, and left as they were: {usersText(unchanged.length)}.
        </Text>
      )}
      {toConfirm.length > 0 && (
        <Alert color="orange" title={`Not done yet: ${usersText(toConfirm.length)}`}>
          <Reasons of={toConfirm} />
          <Button mt="sm" size="xs" color="red" onClick={onConfirm}>
            {verb} {usersText(toConfirm.length)} all the same
          </Button>
        </Alert>
      )}
      {refused.length > 0 && (
        <Alert color="gray" title={`Refused: ${usersText(refused.length)}`}>
          <Reasons of={refused} />
        </Alert>
      )}
      {left > 0 && <Text size="sm">Not reached, and as they were: {usersText(left)}.</Text>}
      <Failure error={error} />
      <Group justify="flex-end">
        {undo !== null && !isUndone && done.length > 0 && (
          <Button variant="default" onClick={() => onUndo(undo)}>
            Undo
          </Button>
        )}
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  )
}

/** Each reason once, with the first few whom it is about. */
function Reasons({ of }: { of: BulkReport['refused'] }) {
  const byReason = Map.groupBy(of, ({ why, email }) => why.replaceAll(email, 'This user'))
  return (
    <section className="user-reasons" aria-label="Reasons">
      {[...byReason].map(([why, people]) => (
        <div key={why}>
          <Text size="sm">{why}</Text>
          <Text size="sm" c="dimmed">
            {people
              .slice(0, NAMED)
              .map(({ email }) => email)
              .join(', ')}
            {people.length > NAMED && ` and ${people.length - NAMED} more`}
          </Text>
        </div>
      ))}
    </section>
  )
}
