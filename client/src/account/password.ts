import { me as meRoute } from '@claviger/contract/api/accounts.ts'
import { changePassword as changeRoute, startPasswordChange } from '@claviger/contract/api/password.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { finishRegistration, startRegistration } from '../keys/opaque.ts'
import { remember, requireNotOlder } from '../keys/seen.ts'
import { wrapRootByPassword } from '../keys/user-root.ts'
import type { OpenAccount } from './open-account.ts'

/**
 * Gives the account a new password. The user root stays, so nothing that it opens is sealed anew; every other session ends.
 * Who had none (sign-in through the directory) has one from then on.
 * @throws ClientError `weak_password`, `rolled_back` for an old wrap, `swapped_key` where the server's key is not the pinned
 * one; ApiError `forbidden` without a fresh sign-in
 */
export async function changePassword(account: OpenAccount, password: string): Promise<void> {
  const { connection, owner, root, profile, store } = account
  const mine = await call(connection, meRoute, {})
  const before = mine.wraps.find((wrap) => wrap.way === 'password')
  const epoch = before?.way === 'password' ? before.epoch : 0
  requireNotOlder(profile.seen, 'user-root-password', owner.userId, epoch)
  const about = [mine.email, mine.firstName, mine.lastName, mine.enterpriseName].filter((words) => words !== null)
  const { state, registrationRequest } = await startRegistration(password, about)
  const { registrationResponse } = await call(connection, startPasswordChange, { registrationRequest })
  const { registrationRecord, passwordKey, serverPublicKey } = finishRegistration(password, state, registrationResponse, owner)
  if (profile.serverPublicKey !== null && profile.serverPublicKey !== serverPublicKey) {
    throw new ClientError('swapped_key', 'The server has not the key with which this account was registered.')
  }
  const wrap = await wrapRootByPassword(root, owner, passwordKey, epoch + 1)
  await call(connection, changeRoute, { registrationRecord, wrap })
  const seen = remember(account.profile.seen, 'user-root-password', [[owner.userId, epoch + 1]])
  account.profile = { ...account.profile, serverPublicKey, seen }
  await store.save(account.profile)
}
