import { Button, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Failure } from '../ui/failure.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { account } from '../worker/account.ts'
import { useAsk } from '../worker/ask.ts'
import { SecondFactor, useSecondFactor } from './second-factor.tsx'

/** The server takes a proof of five minutes for fresh; what is begun now should also end within them. */
const FRESH_MILLIS = 4 * 60 * 1000

/** What needs a fresh sign-in: shown to who proved a moment ago who they are, after their password to everybody else. */
export function ProveFirst({ children }: { children: ReactNode }) {
  const me = useAsk('me', {})
  // Decided once: what is begun in time is not taken away.
  const [wasFresh, setFresh] = useState<boolean>()
  return (
    <Loaded query={me}>
      {({ provenAt, email }) =>
        (wasFresh ?? Date.now() - provenAt < FRESH_MILLIS) ? children : <Prove email={email} onProven={() => setFresh(true)} />
      }
    </Loaded>
  )
}

function Prove({ email, onProven }: { email: string; onProven: () => void }) {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const factor = useSecondFactor()
  const prove = useMutation({
    mutationFn: () => account.proveAgain(password, factor.ask()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['me'] })
      onProven()
    },
    onSettled: factor.done,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    prove.mutate()
  }
  if (factor.wanted !== null) return <SecondFactor wanted={factor.wanted} />
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>This takes a fresh sign-in, because a browser that was left open must not be enough for it.</Text>
        <PasswordInput
          label={`Password of ${email}`}
          autoComplete="current-password"
          required
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Failure error={prove.error} />
        <Button type="submit" loading={prove.isPending}>
          Prove that it is me
        </Button>
      </Stack>
    </form>
  )
}
