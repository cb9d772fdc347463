import { PasswordInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { SecondFactor, useSecondFactor } from '../../sign-in/second-factor.tsx'
import { account } from '../../worker/account.ts'

/** What proves again who one is, before something that reaches far. */
export interface Proof {
  /** The password, and the second factor where one is asked for. For a form. */
  readonly fields: ReactNode
  readonly isGiven: boolean
  /** Signs in once more, on this device. @throws WorkerRefusal */
  readonly prove: () => Promise<void>
}

/** Asks for the password once more. */
export function useProof(): Proof {
  const [password, setPassword] = useState('')
  const factor = useSecondFactor()
  const fields =
    factor.wanted === null ? (
      <PasswordInput
        label="Your password"
        description="This reaches far, so it asks again who you are."
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
      />
    ) : (
      <SecondFactor wanted={factor.wanted} />
    )
  return { fields, isGiven: password !== '', prove: () => account.proveAgain(password, factor.ask()).finally(factor.done) }
}
