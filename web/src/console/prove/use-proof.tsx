import { PasswordInput, PinInput, Stack, Text } from '@mantine/core'
import { proxy } from 'comlink'
import { type ReactNode, useState } from 'react'
import { account } from '../../worker/account.ts'

/** What proves again who one is, before something that reaches far. */
export interface Proof {
  /** The password, and the code of the second factor where one is asked for. For a form. */
  readonly fields: ReactNode
  readonly isGiven: boolean
  /** Signs in once more, on this device. @throws WorkerRefusal */
  readonly prove: () => Promise<void>
}

/** Asks for the password once more. */
export function useProof(): Proof {
  const [password, setPassword] = useState('')
  const [giveCode, setGiveCode] = useState<((code: string) => void) | null>(null)
  const codeOfPerson = () => new Promise<string>((resolve) => setGiveCode(() => resolve))
  const prove = async () => {
    try {
      await account.proveAgain(
        password,
        proxy(async () => ({ totp: await codeOfPerson() })),
      )
    } finally {
      setGiveCode(null)
    }
  }
  const fields =
    giveCode === null ? (
      <PasswordInput
        label="Your password"
        description="This reaches far, so it asks again who you are."
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
      />
    ) : (
      <Stack gap="xs">
        <Text>Type the six digits that your authenticator shows.</Text>
        <PinInput length={6} type="number" oneTimeCode autoFocus aria-label="Code" onComplete={giveCode} />
      </Stack>
    )
  return { fields, isGiven: password !== '', prove }
}
