import { devicesToRecover, recoverUser } from '@claviger/client/account/recover-user.ts'
import { type AskedFactors, type FactorAnswer, signIn } from '@claviger/client/account/sign-in.ts'
import { transferVault } from '@claviger/client/account/transfer.ts'
import { call } from '@claviger/client/api/call.ts'
import { ClientError } from '@claviger/client/errors.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { signOut } from '@claviger/contract/api/accounts.ts'
import type { UserId } from '@claviger/contract/ids.ts'
import { opened, origin, setOpened, store } from './session.ts'

/** What became of a vault: the folders that were given, and why others were not. */
export interface VaultGiven {
  readonly folders: number
  readonly left: readonly string[]
}

/** What an administrator does with the recovery key, and proving who one is before that. */
export const recovering = {
  /** Signs in once more: the new session takes the place of the one before. */
  async proveAgain(password: string, secondFactor: (asked: AskedFactors) => Promise<FactorAnswer>): Promise<void> {
    const { profile, connection } = await opened()
    // The name is for devices that are new; this one is known.
    const known = { origin, email: profile.email, store, deviceName: 'Browser', exportable: false }
    setOpened(await signIn({ ...known, password, secondFactor }))
    await call(connection, signOut, {}).catch(() => {})
  },

  /** Whether the enterprise log gives who is signed in the right to recover others. */
  async mayRecover(): Promise<boolean> {
    const account = await opened()
    const { administrators } = await refreshLog(account)
    return administrators.get(account.identity.userId)?.includes('recovery') === true
  },

  /** Gives the folders of somebody who left to another person. Needs a fresh proof. */
  async transferVault(from: UserId, to: UserId): Promise<VaultGiven> {
    const { folders, left } = await transferVault(await opened(), from, to)
    return { folders, left: left.map(({ why }) => why) }
  },

  /** Lets one of them in, once the six words were found to be the same. Needs a fresh proof. */
  async letBackIn(requestId: string, areSame: (words: readonly string[]) => Promise<boolean>): Promise<void> {
    const account = await opened()
    const request = (await devicesToRecover(account)).find((waiting) => waiting.requestId === requestId)
    if (request === undefined) throw new ClientError('unexpected_answer', 'This device does not wait any more: have it ask again.')
    await recoverUser(account, request, areSame)
  },
}
