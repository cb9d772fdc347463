import { Button, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Failure } from '../ui/failure.tsx'
import { OutsidePage } from '../ui/outside-page.tsx'
import { account } from '../worker/account.ts'

/** The first page of a new installation: what the enterprise is called, and who is its first administrator. */
export function FirstSetupPage({ token, onMade }: { token: string; onMade: (setupToken: string) => void }) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const found = useMutation({ mutationFn: () => account.foundEnterprise(token, name, email), onSuccess: onMade })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    found.mutate()
  }
  return (
    <OutsidePage title="Set up Claviger" lead="This server has no enterprise yet. You make it, and are its first administrator.">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Enterprise"
            description="As its people know it. You can change it later."
            required
            maxLength={100}
            autoComplete="organization"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Your e-mail"
            description="You sign in with it."
            type="email"
            required
            autoComplete="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Failure error={found.error} />
          <Button type="submit" loading={found.isPending}>
            Go on
          </Button>
        </Stack>
      </form>
    </OutsidePage>
  )
}
