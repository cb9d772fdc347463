import type { UserId } from '@claviger/contract/ids.ts'
import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { proxy } from 'comlink'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { account } from '../../worker/account.ts'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { useProof } from '../prove/use-proof.tsx'

type Request = AnswerOf<'listRecoveryRequests'>['requests'][number]

/** A new device of a user who lost every other way in, where one waits: the recovery key lets it in. */
export function LettingIn({ userId }: { userId: UserId }) {
  const [open, setOpen] = useState<Request | null>(null)
  const waiting = useAsk('listRecoveryRequests', {})
  const requests = waiting.data?.requests.filter((request) => request.userId === userId) ?? []
  return (
    <>
      {requests.map((request) => (
        <Alert key={request.requestId} color="blue" title={`A new device waits: ${request.deviceName}`}>
          <Stack gap="sm" align="flex-start">
            <Text size="sm">
              {request.recoverable
                ? 'If this person has lost every other way in, you can let the device in with the recovery key. Speak with them first: you compare six words.'
                : 'The recovery key cannot open this account: its vault was never kept for it. Another device of the person can still let it in.'}
            </Text>
            {request.recoverable && (
              <Button size="xs" onClick={() => setOpen(request)}>
                Let back in
              </Button>
            )}
          </Stack>
        </Alert>
      ))}
      {open !== null && (
        <Dialog title={`Let ${open.email} back in`} opened onClose={() => setOpen(null)} size="lg">
          <LetIn request={open} onClose={() => setOpen(null)} />
        </Dialog>
      )}
    </>
  )
}

function LetIn({ request, onClose }: { request: Request; onClose: () => void }) {
  const queries = useQueryClient()
  const proof = useProof()
  const [asked, setAsked] = useState<{ words: readonly string[]; answer: (areSame: boolean) => void } | null>(null)
  const compare = (words: readonly string[]) => new Promise<boolean>((answer) => setAsked({ words, answer }))
  const letIn = useMutation({
    mutationFn: async () => {
      await proof.prove()
      await account.letBackIn(request.requestId, proxy(compare))
    },
    onSettled: () => {
      setAsked(null)
      return queries.invalidateQueries({ queryKey: ['listRecoveryRequests'] })
    },
  })
  if (letIn.isSuccess) {
    return (
      <Stack>
        <Text role="status">
          {request.deviceName} is let into the account of {request.email}, who is told of it.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    )
  }
  if (asked !== null) return <Words {...asked} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    letIn.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>Call {request.email}, or meet them: their device shows six words. You see six words here next, and compare.</Text>
        {proof.fields}
        <Failure error={letIn.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!proof.isGiven} loading={letIn.isPending}>
            Go on
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Words({ words, answer }: { words: readonly string[]; answer: (areSame: boolean) => void }) {
  const [isSure, setSure] = useState(false)
  return (
    <Stack>
      <Text>Have the person read their six words to you. Let the device in only if they are these, in this order:</Text>
      <Text fw={650} size="lg" data-testid="words">
        {words.join(' ')}
      </Text>
      <Checkbox
        label="The person read the same six words to me"
        checked={isSure}
        onChange={(event) => setSure(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={() => answer(false)}>
          They are others
        </Button>
        <Button disabled={!isSure} onClick={() => answer(true)}>
          Let in
        </Button>
      </Group>
    </Stack>
  )
}
