import { Alert, Button, Group, List, Text } from '@mantine/core'
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { ApprovalOutcome } from '../../worker/approval-outcome.ts'

/** Named one by one. */
const NAMED = 100

/** What a run of approvals came to: what was done, what was not, and why. Takes the focus, for what was clicked is gone. */
export function ApprovalReport({ outcome, onClose }: { outcome: ApprovalOutcome; onClose?: () => void }) {
  const { done, skipped, already } = outcome
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  const isNothing = done.length === 0 && skipped.length === 0
  return (
    <div ref={place} tabIndex={-1} role="status" className="approval-report">
      {(done.length > 0 || isNothing || already > 0) && (
        <Alert
          color={done.length > 0 ? 'teal' : 'blue'}
          title={done.length > 0 ? 'Done' : 'Nothing was left to do'}
          icon={done.length > 0 ? <IconCircleCheck aria-hidden /> : <IconInfoCircle aria-hidden />}
        >
          {done.map(({ sentence, names }) => (
            <Named key={sentence} sentence={sentence} names={names} />
          ))}
          {already > 0 && <Text size="sm">Another approver was first with {already === 1 ? '1 member' : `${already} members`}.</Text>}
          {isNothing && already === 0 && (
            <Text size="sm">Nothing of this waits for you any more: another approver was first, or the directory took it back.</Text>
          )}
          {onClose !== undefined && skipped.length === 0 && <CloseButton onClose={onClose} />}
        </Alert>
      )}
      {skipped.length > 0 && (
        <Alert color="orange" title={`Not done, and waits on: ${skipped.length}`} icon={<IconInfoCircle aria-hidden />}>
          <List size="sm" spacing="xs">
            {skipped.slice(0, NAMED).map(({ name, why }) => (
              <List.Item key={`${name} ${why}`}>
                {name}: {why}
              </List.Item>
            ))}
          </List>
          {skipped.length > NAMED && <Text size="sm">and {skipped.length - NAMED} more</Text>}
          {onClose !== undefined && <CloseButton onClose={onClose} />}
        </Alert>
      )}
    </div>
  )
}

function Named({ sentence, names }: { sentence: string; names: readonly string[] }) {
  if (names.length <= 3) return <Text size="sm">{[sentence, names.join(', ')].filter(Boolean).join(' ')}</Text>
  return (
    <details>
      <summary>{sentence}</summary>
      <List size="sm">
        {names.slice(0, NAMED).map((name) => (
          <List.Item key={name}>{name}</List.Item>
        ))}
        {names.length > NAMED && <List.Item>and {names.length - NAMED} more</List.Item>}
      </List>
    </details>
  )
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <Group mt="sm">
      <Button size="xs" variant="default" onClick={onClose}>
        Close the report
      </Button>
    </Group>
  )
}
