import { type RoleWanted, setRole } from '@claviger/client/administration/roles.ts'
import { removeAutomator } from '@claviger/client/automator/remove.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import type { AutomatorId } from '@claviger/contract/ids.ts'
import type { Policy } from '@claviger/contract/log/statement.ts'
import { opened } from './session.ts'

/** The policy of the enterprise log, and whether who is signed in may state another one. */
export interface PolicyShown {
  readonly policy: Policy
  readonly mayState: boolean
}

/** What only the enterprise log says: this browser verifies it, and signs what is stated. */
export const administering = {
  /** Gives a role, changes it or (null) takes it away. @throws as `setRole` of the client */
  setRole: async (wanted: RoleWanted): Promise<void> => setRole(await opened(), wanted),

  async readPolicy(): Promise<PolicyShown> {
    const account = await opened()
    const { policy, administrators } = await refreshLog(account)
    return { policy, mayState: administrators.get(account.owner.userId)?.includes('policy') === true }
  },

  /** States what is given of the policy, in the place of what held before. @throws ContractError `not_permitted` */
  async statePolicy(wanted: Partial<Policy>): Promise<void> {
    const account = await opened()
    await refreshLog(account)
    await appendToLog(account, ({ policy }) => {
      const next = { ...policy, ...wanted }
      const isSame = next.autoApproval === policy.autoApproval && next.recovery === policy.recovery
      return isSame ? [] : [{ kind: 'policy-set', policy: next }]
    })
  },

  /** Needs a fresh sign-in. */
  removeAutomator: async (automator: AutomatorId): Promise<void> => removeAutomator(await opened(), automator),
}
