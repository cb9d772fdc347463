import { PasswordInput, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { account } from '../worker/account.ts'

/** Tens in the number of guesses at which the bar is full. */
const FULL = 14

export interface NewPasswordProps {
  readonly value: string
  readonly onChange: (value: string) => void
  /** What the password must not be made of: address, name, enterprise. */
  readonly about: readonly string[]
}

/** A password that is being chosen, with how hard it is to guess. The estimate is made in this browser. */
export function NewPassword({ value, onChange, about }: NewPasswordProps) {
  const strength = useQuery({
    queryKey: ['strength', value, about],
    queryFn: () => account.strength(value, about),
    enabled: value !== '',
    gcTime: 0,
    placeholderData: (before) => before,
  })
  const estimate = value === '' ? undefined : strength.data
  const words =
    estimate === undefined
      ? 'Long is better than complicated: four or five words that have nothing to do with each other.'
      : estimate.enough
        ? 'Strong enough.'
        : (estimate.advice[0] ?? 'Too easy to guess: add another word.')
  return (
    <Stack gap={6}>
      <PasswordInput
        label="Password"
        autoComplete="new-password"
        required
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        aria-describedby="strength"
      />
      <Progress
        value={Math.min(100, ((estimate?.guessesLog10 ?? 0) / FULL) * 100)}
        color={estimate?.enough ? 'teal' : 'orange'}
        size="sm"
        aria-label="How hard the password is to guess"
      />
      <Text id="strength" size="sm" c="dimmed" aria-live="polite">
        {words}
      </Text>
    </Stack>
  )
}
