import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Failure } from '../ui/failure.tsx'
import { OutsidePage } from '../ui/outside-page.tsx'
import { account } from '../worker/account.ts'
import { SecondFactor, useSecondFactor } from './second-factor.tsx'

type Step = 'email' | 'password'

/** Signing in: the address first, then the password, then the second factor where there is one. */
export function SignInPage({ onDone }: { onDone: () => void }) {
  const last = useQuery({ queryKey: ['last-email'], queryFn: () => account.lastEmail() })
  const [typed, setTyped] = useState<string>()
  const [password, setPassword] = useState('')
  const [step, setStep] = useState<Step>('email')
  const factor = useSecondFactor()
  const email = typed ?? last.data ?? ''
  const signIn = useMutation({
    mutationFn: () => account.signIn(email, password, factor.ask()),
    onSuccess: onDone,
    onError: factor.done,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (step === 'email') setStep('password')
    else signIn.mutate()
  }
  if (factor.wanted !== null) {
    return (
      <OutsidePage title="Second factor" lead={`The password of ${email} is right. One more proof is wanted.`}>
        <SecondFactor wanted={factor.wanted} />
      </OutsidePage>
    )
  }
  return (
    <OutsidePage title="Sign in">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            value={email}
            readOnly={step === 'password'}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {step === 'password' && (
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              data-autofocus
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
          <Failure error={signIn.error} />
          <Button type="submit" loading={signIn.isPending}>
            {step === 'email' ? 'Go on' : 'Sign in'}
          </Button>
          {step === 'password' && (
            <Button variant="subtle" onClick={() => setStep('email')}>
              Another address
            </Button>
          )}
          <Text size="sm" c="dimmed">
            No account yet? It comes with an invitation by e-mail: your company’s directory decides who gets one.
          </Text>
        </Stack>
      </form>
    </OutsidePage>
  )
}
