import { Button, Checkbox, Group, Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { account } from '../../worker/account.ts'
import { ApprovalReport } from './approval-report.tsx'
import { SafetyWords } from './safety-words.tsx'
import { useApproval } from './use-approval.ts'

/** Approves everything that the caller can, in sight: first what it means for people whom nobody has verified, then how far it is, then what came of it. */
export function ApproveAll({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog title="Approve all" opened={opened} onClose={onClose} size="lg">
      {opened && <Approving onClose={onClose} />}
    </Dialog>
  )
}

function Approving({ onClose }: { onClose: () => void }) {
  const { act, done } = useApproval()
  const [certify, setCertify] = useState(true)
  const people = useQuery({ queryKey: ['wordsToCompare'], queryFn: () => account.wordsToCompare(), gcTime: 0 })
  const unverified = people.data ?? []
  if (act.data !== undefined) {
    return (
      <Stack>
        <ApprovalReport outcome={act.data} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    )
  }
  if (act.isPending) {
    return (
      <Stack>
        <Group role="status">
          <Loader size="sm" aria-hidden />
          <Text>Making and giving keys in this browser: {done} done so far.</Text>
        </Group>
        <Text size="sm" c="dimmed">
          Leave this page open. What is done stays done if it is closed, and the rest waits on.
        </Text>
      </Stack>
    )
  }
  return (
    <Stack>
      <Text>
        Everything that waits for you is approved: teams get their first or next keys, and members who are verified are given them. All keys
        are made in this browser.
      </Text>
      {unverified.length > 0 && (
        <>
          <Checkbox
            checked={certify}
            onChange={(event) => setCertify(event.currentTarget.checked)}
            label={`Verify people whom nobody has verified, too (${unverified.length}${unverified.length === 50 ? ' or more' : ''})`}
            description="Their keys are taken as the server shows them. To be sure of somebody, compare the words first."
          />
          <details>
            <summary>Safety words, to compare with each of them</summary>
            <div className="approve-all-words">
              {unverified.map(({ userId, email, words }) => (
                <div key={userId}>
                  <Text size="sm" fw={600}>
                    {email}
                  </Text>
                  <SafetyWords words={words} label={`Safety words with ${email}`} />
                </div>
              ))}
            </div>
          </details>
        </>
      )}
      <Failure error={act.error ?? people.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          disabled={people.isPending}
          onClick={() => act.mutate({ what: 'all', certify: certify && unverified.length > 0 })}
          data-autofocus
        >
          Approve all now
        </Button>
      </Group>
    </Stack>
  )
}
