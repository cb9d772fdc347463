import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { CopyField } from '../../ui/copy-field.tsx'
import { Failure } from '../../ui/failure.tsx'
import { ask } from '../../worker/ask.ts'

/** Sets up an authenticator app: its secret, then the first code that it shows. */
export function AddTotp({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient()
  const [code, setCode] = useState('')
  const begin = useMutation({ mutationFn: () => ask('startTotp', { name: 'Authenticator app' }) })
  const confirm = useMutation({
    mutationFn: (factorId: string) => ask('confirmSecondFactor', { factorId, totp: code.replaceAll(/\s/g, '') }),
    onSuccess: async () => {
      await Promise.all(['listSecondFactors', 'readSignOn'].map((asked) => queries.invalidateQueries({ queryKey: [asked] })))
      onDone()
    },
  })
  const begun = begin.data
  if (begun === undefined) {
    return (
      <Stack>
        <Text>An authenticator app on your phone shows six digits that change every half minute. After the password, you type them.</Text>
        <Failure error={begin.error} />
        <Button loading={begin.isPending} onClick={() => begin.mutate()} data-autofocus>
          Show the secret
        </Button>
      </Stack>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate(begun.factorId)
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <CopyField label="Secret" value={begun.secret} description="Type it into the app. It is shown this once." />
        <Text size="sm">
          Is the app on this device? <Anchor href={begun.uri}>Open it with the secret</Anchor>.
        </Text>
        <TextInput
          label="The code that the app shows now"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Failure error={confirm.error} />
        <Button type="submit" loading={confirm.isPending}>
          Confirm
        </Button>
      </Stack>
    </form>
  )
}
