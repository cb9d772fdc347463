import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Failure } from '../ui/failure.tsx'
import { OutsidePage } from '../ui/outside-page.tsx'
import { account } from '../worker/account.ts'
import { NewPassword } from './new-password.tsx'
import { RecoveryCode } from './recovery-code.tsx'

/** What a link asks for: `/setup` of the first administrator, `/invite` of everybody else. */
export function AcceptLinkPage({ onDone }: { onDone: (purpose: 'setup' | 'join') => void }) {
  const token = window.location.hash.slice(1)
  const link = useQuery({ queryKey: ['link', token], queryFn: () => account.readLink(token), staleTime: Number.POSITIVE_INFINITY })
  if (token === '') return <WholeLink />
  if (link.isPending)
    return (
      <OutsidePage title="One moment" lead="Reading your link …">
        {null}
      </OutsidePage>
    )
  if (link.isError) {
    return <NoLink error={link.error} onRetry={() => void link.refetch()} />
  }
  return <Accept token={token} link={link.data} onDone={onDone} />
}

type Link = Awaited<ReturnType<typeof account.readLink>>

function Accept({ token, link, onDone }: { token: string; link: Link; onDone: (purpose: 'setup' | 'join') => void }) {
  const [password, setPassword] = useState('')
  const accept = useMutation({ mutationFn: () => account.accept(link.purpose, token, password) })
  const { email, enterpriseName, purpose, firstName, lastName } = link
  if (accept.data !== undefined) {
    return (
      <OutsidePage title="Keep your recovery code">
        <RecoveryCode code={accept.data} email={email} onKept={() => onDone(purpose)} />
      </OutsidePage>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    accept.mutate()
  }
  const title = purpose === 'setup' ? `Set up ${enterpriseName}` : `Join ${enterpriseName}`
  const lead =
    purpose === 'setup'
      ? 'You are its first administrator. Your keys are made in this browser and never leave it unsealed.'
      : 'Choose a password. Your keys are made in this browser: nobody but you can open your vault.'
  return (
    <OutsidePage title={firstName === null ? title : `Hello ${firstName}. ${title}`} lead={lead}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label="E-mail" value={email} readOnly autoComplete="username" />
          <NewPassword value={password} onChange={setPassword} about={[email, enterpriseName, firstName ?? '', lastName ?? '']} />
          <Failure error={accept.error} />
          <Button type="submit" loading={accept.isPending} disabled={password === ''}>
            {purpose === 'setup' ? 'Set up' : 'Create account'}
          </Button>
        </Stack>
      </form>
    </OutsidePage>
  )
}

/** Why a link does not do what it is for, and what does. */
function NoLink({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const code = 'code' in error ? error.code : ''
  if (code === 'conflict') {
    return (
      <OutsidePage title="This link has done its work" lead={error.message}>
        <Button component="a" href="/sign-in">
          Sign in
        </Button>
      </OutsidePage>
    )
  }
  if (code === 'not_found') {
    return (
      <OutsidePage title="This link opens nothing" lead={error.message}>
        <Text>An administrator can send the invitation again from your page in the console. A new one ends the old one.</Text>
      </OutsidePage>
    )
  }
  return (
    <OutsidePage title="Your link could not be read">
      <Failure error={error} onRetry={onRetry} />
    </OutsidePage>
  )
}

function WholeLink() {
  return (
    <OutsidePage title="The link is not whole">
      <Text>Open the link from your e-mail, or copy all of it, with what follows the # sign.</Text>
    </OutsidePage>
  )
}
