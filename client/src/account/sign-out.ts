import { signOut as signOutRoute } from '@claviger/contract/api/accounts.ts'
import { ApiError, call } from '../api/call.ts'
import type { OpenAccount } from './open-account.ts'

/** Ends the session. The device keeps its keys and what it saw, so that the next sign-in needs the password alone. */
export async function signOut(account: OpenAccount): Promise<void> {
  try {
    await call(account.connection, signOutRoute, {})
  } catch (error) {
    // Over already, which is what was wanted.
    if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error
  }
  account.profile = { ...account.profile, token: null }
  await account.store.save(account.profile)
}
