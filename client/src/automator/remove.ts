import { removeAutomator as removeAtServer } from '@claviger/contract/api/automators.ts'
import type { AutomatorId } from '@claviger/contract/ids.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { ApiError, call } from '../api/call.ts'
import { renewApproverKey } from '../approvals/approver-key-renewal.ts'
import { refreshLog } from '../log/follow.ts'
import { asAdministrator, stateNext } from '../log/log-statements.ts'

/** Others may state something at the same time; so often one of them can come first. */
const TRIES = 5

/**
 * Removes an automator: its token is dead, and the approver key that it held gets its next epoch, which teams are given
 * with the next approval. `account` is of an administrator who signed in within the last five minutes.
 * @throws ApiError `not_found`, `forbidden`; ContractError `not_permitted`, `contradiction` where the log does not have it
 */
export async function removeAutomator(account: OpenAccount, automator: AutomatorId): Promise<void> {
  for (let tries = 1; ; tries++) {
    const before = await refreshLog(account)
    const { entry } = await stateNext(
      before,
      asAdministrator(account.identity),
      { kind: 'automator-removed', automatorId: automator },
      Date.now(),
    )
    try {
      await call(account.connection, removeAtServer, { automator, entries: [entry] })
      break
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict' || tries === TRIES) throw error
    }
  }
  await refreshLog(account)
  // Who may not renew it leaves it due: nothing is sealed to the old one from here on.
  if (account.state.administrators.get(account.owner.userId)?.includes('administrators')) await renewApproverKey(account)
}
