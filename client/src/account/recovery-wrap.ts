import { putRecoveryWrap } from '@claviger/contract/api/recovery.ts'
import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import { ApiError, call } from '../api/call.ts'
import { wantedRecoveryKey } from '../keys/recipients.ts'
import { wrapRootForRecovery } from '../keys/user-root.ts'
import { refreshLog } from '../log/follow.ts'
import type { OpenAccount } from './open-account.ts'

/**
 * Keeps the user's root for the recovery key where the log's policy wants it and the server has none of the newest epoch;
 * does nothing otherwise. `wraps` are those that the server has. @returns whether there is one now
 * @throws ApiError, but not where the log goes on growing: the next opening tries again
 */
export async function ensureRecoveryWrap(account: OpenAccount, wraps: readonly UserRootWrap[]): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const to = wantedRecoveryKey(account.state)
    if (to === null) return false
    if (wraps.some((wrap) => wrap.way === 'recovery-key' && wrap.epoch === to.epoch)) return true
    try {
      await call(account.connection, putRecoveryWrap, { wrap: await wrapRootForRecovery(account.root, account.owner, to) })
      return true
    } catch (error) {
      if (!(error instanceof ApiError) || (error.code !== 'conflict' && error.code !== 'invalid_value')) throw error
      await refreshLog(account)
    }
  }
  return false
}

/** The log may grow at the same time, as when a directory brings in many people. */
const TRIES = 3
