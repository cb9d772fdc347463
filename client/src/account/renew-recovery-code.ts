import { me as meRoute } from '@claviger/contract/api/accounts.ts'
import { renewRecoveryCode as renewRoute } from '@claviger/contract/api/recovery.ts'
import { call } from '../api/call.ts'
import { makeRecoveryCode, recoveryHash, writeRecoveryCode } from '../keys/recovery-code.ts'
import { remember, requireNotOlder } from '../keys/seen.ts'
import { wrapRootByRecoveryCode } from '../keys/user-root.ts'
import type { OpenAccount } from './open-account.ts'

/**
 * Makes a new recovery code in place of the one before. @returns the code as it is shown, this once
 * @throws ClientError `rolled_back`; ApiError `forbidden` without a fresh sign-in, `conflict` where another came first
 */
export async function renewRecoveryCode(account: OpenAccount): Promise<string> {
  const { connection, owner, root, store } = account
  const { wraps } = await call(connection, meRoute, {})
  const before = wraps.find(({ way }) => way === 'recovery-code')
  const epoch = before?.way === 'recovery-code' ? before.epoch : 0
  requireNotOlder(account.profile.seen, 'user-root-recovery-code', owner.userId, epoch)
  const code = makeRecoveryCode()
  const wrap = await wrapRootByRecoveryCode(root, owner, code, epoch + 1)
  await call(connection, renewRoute, { wrap, recoveryHash: await recoveryHash(code) })
  const seen = remember(account.profile.seen, 'user-root-recovery-code', [[owner.userId, epoch + 1]])
  account.profile = { ...account.profile, seen }
  await store.save(account.profile)
  return writeRecoveryCode(code)
}
