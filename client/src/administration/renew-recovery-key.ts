import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { certifiedUser } from '../keys/recipients.ts'
import { makeRecoveryKey, type RecoveryKey, wrapRecoveryKey } from '../keys/recovery-key.ts'
import { appendToLog, type LogWriter } from '../log/append.ts'

/**
 * Makes the next recovery key where the log says that one is due, because somebody who held it may recover no more, and
 * gives it to every administrator who may. Each user's client wraps the root for it when it opens the next time. Does
 * nothing where it is not due.
 * @throws ContractError `not_permitted` for who has no right to recover; ApiError
 */
export async function renewRecoveryKey(writer: OpenAccount | LogWriter): Promise<LogState> {
  let key: RecoveryKey | null = null
  const bodiesOf = async (state: LogState): Promise<StatementBody[]> => {
    key = null
    if (!state.recoveryKeyDue) return []
    key = await makeRecoveryKey(state.recoveryKeys.length + 1)
    return [{ kind: 'recovery-key', epoch: key.epoch, publicKey: key.encryption.public }]
  }
  return appendToLog(writer, bodiesOf, async (state) => (key === null ? [] : wrapsFor(state, key)))
}

/** The recovery key for every administrator whom the log lets recover. */
function wrapsFor(state: LogState, key: RecoveryKey): Promise<HeldKeyWrap[]> {
  const able = [...state.administrators].filter(([, rights]) => rights.includes('recovery'))
  return Promise.all(able.map(([userId]) => wrapRecoveryKey(state, key, certifiedUser(state, userId))))
}
