import { NativeSelect } from '@mantine/core'

const DAY = 24 * 60 * 60 * 1000

const lifetimes = { never: null, '90': 90 * DAY, '180': 180 * DAY, '365': 365 * DAY } as const

/** How long a token is valid. */
export type Lifetime = keyof typeof lifetimes

const choices: readonly { value: Lifetime; label: string }[] = [
  { value: 'never', label: 'Until it is revoked' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: 'One year' },
]

/** Asks how long a token is to be valid. */
export function ExpiryChoice({ value, onChange }: { value: Lifetime; onChange: (value: Lifetime) => void }) {
  const choose = (chosen: string) => {
    const choice = choices.find((each) => each.value === chosen)
    if (choice !== undefined) onChange(choice.value)
  }
  return (
    <NativeSelect
      label="The token is valid"
      description="Once it has expired, the directory is refused until it has another. Rotate it before that."
      data={choices.map((choice) => ({ ...choice }))}
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  )
}

/** The lifetime as the API takes it. */
export function expiryOf(lifetime: Lifetime, now: number): { expiresAt?: number } {
  const millis = lifetimes[lifetime]
  return millis === null ? {} : { expiresAt: now + millis }
}
