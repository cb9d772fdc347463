import type { UserId } from '@claviger/contract/ids.ts'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { account } from '../../worker/account.ts'
import { ApprovalReport } from './approval-report.tsx'
import { SafetyWords } from './safety-words.tsx'
import { useRefreshApprovals } from './use-approval.ts'

export interface PersonToVerify {
  readonly userId: UserId
  readonly email: string
}

/** Verifies somebody's keys for good, with six words that both sides compare, if they wish. */
export function VerifyPerson({ person, onClose }: { person: PersonToVerify | null; onClose: () => void }) {
  return (
    <Dialog title={`Verify ${person?.email ?? ''}`} opened={person !== null} onClose={onClose} size="lg">
      {person !== null && <Comparing person={person} onClose={onClose} />}
    </Dialog>
  )
}

function Comparing({ person, onClose }: { person: PersonToVerify; onClose: () => void }) {
  const { userId, email } = person
  const [areOthers, setOthers] = useState(false)
  const refresh = useRefreshApprovals()
  const compared = useQuery({ queryKey: ['wordsToCompare', userId], queryFn: () => account.wordsToCompare(userId), gcTime: 0 })
  const verify = useMutation({
    mutationFn: (words: readonly string[] | null) => account.verify(userId, words),
    onSettled: refresh,
  })
  if (verify.data !== undefined) {
    return (
      <Stack>
        <ApprovalReport outcome={verify.data} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    )
  }
  if (areOthers) return <OtherWords email={email} onClose={onClose} />
  return (
    <Loaded query={compared}>
      {([found]) =>
        found === undefined ? (
          <Text>{email} does not wait to be verified by you any more: another approver was first, or their keys changed.</Text>
        ) : (
          <Stack>
            <Text>
              From then on everybody gives keys to the keys of {email} and to no others. To be sure that nobody swapped them, call them:
              they see the same six words beside your address with the command <code>claviger words</code>.
            </Text>
            <SafetyWords words={found.words} label={`Safety words with ${email}`} />
            <Failure error={verify.error} />
            <Group justify="flex-end">
              <Button variant="subtle" color="red" onClick={() => setOthers(true)}>
                They have other words
              </Button>
              <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate(null)}>
                Verify without comparing
              </Button>
              <Button loading={verify.isPending} onClick={() => verify.mutate(found.words)} data-autofocus>
                The words are the same: verify
              </Button>
            </Group>
          </Stack>
        )
      }
    </Loaded>
  )
}

function OtherWords({ email, onClose }: { email: string; onClose: () => void }) {
  return (
    <Stack>
      <Alert color="red" title="Do not verify">
        Nothing was verified. Words that differ mean that {email} and you do not see the same keys: one of you misread, the person
        registered anew, or somebody between you, as a server that was taken over, shows keys of its own. Compare once more; if they differ
        again, keep this person unverified and have the server looked at.
      </Alert>
      <Group justify="flex-end">
        <Button onClick={onClose}>Close</Button>
      </Group>
    </Stack>
  )
}
