import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { makePasskey } from '../../sign-in/passkey.ts'
import { Failure } from '../../ui/failure.tsx'
import { ask } from '../../worker/ask.ts'

/** Has the browser make a passkey, which sign-ins ask for from then on. */
export function AddPasskey({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const add = useMutation({
    mutationFn: async () => {
      const { factorId, options } = await ask('startPasskey', { name })
      await ask('confirmSecondFactor', { factorId, passkey: await makePasskey(options) })
    },
    onSuccess: async () => {
      await Promise.all(['listSecondFactors', 'readSignOn'].map((asked) => queries.invalidateQueries({ queryKey: [asked] })))
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>A passkey lives in your device, your password manager or a security key. After the password, your browser asks for it.</Text>
        <TextInput
          label="What it is to be called"
          placeholder="Key on my ring"
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Failure error={add.error} />
        <Button type="submit" loading={add.isPending}>
          Add it
        </Button>
      </Stack>
    </form>
  )
}
