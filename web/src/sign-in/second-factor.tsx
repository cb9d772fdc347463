import type { AskedFactors, FactorAnswer } from '@claviger/client/account/sign-in.ts'
import { Button, Divider, PinInput, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { proxy } from 'comlink'
import { useState } from 'react'
import { Failure } from '../ui/failure.tsx'
import { showPasskey } from './passkey.ts'

/** A second factor that a sign-in waits for, and how it is given. */
export interface WantedFactor {
  readonly asked: AskedFactors
  readonly give: (answer: FactorAnswer) => void
}

/**
 * The second factor of a sign-in: `ask` is handed to the Worker, which calls it where one is wanted; `wanted` is then what to
 * show the person, until `done`.
 */
export function useSecondFactor() {
  const [wanted, setWanted] = useState<WantedFactor | null>(null)
  const ask = () =>
    proxy((asked: AskedFactors) => new Promise<FactorAnswer>((resolve) => setWanted({ asked, give: (answer) => resolve(answer) })))
  return { wanted, ask, done: () => setWanted(null) }
}

/** Asks for the second factor: a passkey where there is one, the code of an authenticator app where there is one. */
export function SecondFactor({ wanted: { asked, give } }: { wanted: WantedFactor }) {
  const { passkey, factors } = asked
  const [error, setError] = useState<unknown>(null)
  const show = async (options: NonNullable<typeof passkey>) => {
    setError(null)
    await showPasskey(options).then((shown) => give({ passkey: shown }), setError)
  }
  return (
    <Stack>
      {passkey !== null && (
        <Button leftSection={<IconFingerprint size={18} aria-hidden />} onClick={() => void show(passkey)}>
          Use a passkey
        </Button>
      )}
      <Failure error={error} />
      {passkey !== null && factors.includes('totp') && <Divider label="or" />}
      {factors.includes('totp') && (
        <>
          <Text size="sm">Type the six digits that your authenticator shows.</Text>
          <PinInput
            length={6}
            type="number"
            oneTimeCode
            autoFocus={passkey === null}
            aria-label="Code"
            getInputProps={(index) => ({ 'aria-label': `Digit ${index + 1} of the code` })}
            onComplete={(code) => give({ totp: code })}
          />
        </>
      )}
      <Text size="sm" c="dimmed">
        Neither at hand? Let this browser in from a device on which you are signed in, or use your recovery code.
      </Text>
    </Stack>
  )
}
