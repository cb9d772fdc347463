import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { type ApproverKey, makeApproverKey, wrapApproverKey } from '../keys/approver-key.ts'
import { certifiedUser, enrolledAutomator } from '../keys/recipients.ts'
import { appendToLog, type LogWriter } from '../log/append.ts'

/**
 * Makes the next approver key where the log says that one is due, because somebody who held it is an approver no more, and
 * gives it to every approver whom the log names. Team keys follow (approve-work.ts). Does nothing where it is not due.
 * @throws ContractError `not_permitted` for who may not name administrators; ApiError
 */
export async function renewApproverKey(writer: OpenAccount | LogWriter): Promise<LogState> {
  let key: ApproverKey | null = null
  const bodiesOf = async (state: LogState): Promise<StatementBody[]> => {
    key = null
    if (!state.approverKeyDue) return []
    key = await makeApproverKey(state.approverKeys.length + 1)
    return [{ kind: 'approver-key', epoch: key.epoch, publicKey: key.encryption.public }]
  }
  return appendToLog(writer, bodiesOf, async (state) => (key === null ? [] : wrapsFor(state, key)))
}

/** The approver key for every administrator of the log, and every automator whose rights need it. */
function wrapsFor(state: LogState, key: ApproverKey): Promise<HeldKeyWrap[]> {
  const people = [...state.administrators.keys()].map((userId) => certifiedUser(state, userId))
  const automators = [...state.automators].flatMap(([automatorId, { scope }]) =>
    scope.rights
      .filter((right) => right === 'memberships' || right === 'teams')
      .slice(0, 1)
      .map((right) => enrolledAutomator(state, automatorId, right)),
  )
  return Promise.all([...people, ...automators].map((to) => wrapApproverKey(state, key, to)))
}
