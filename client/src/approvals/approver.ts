import type { AutomatorId, UserId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { Evidence } from '@claviger/contract/log/statement.ts'
import type { OpenAccount } from '../account/open-account.ts'
import type { Connection } from '../api/call.ts'
import { asGrantee, asGranter, type GrantOpener, type GrantSigner } from '../keys/grants.ts'
import type { KeyHolder } from '../keys/held-key.ts'
import { refreshLog } from '../log/follow.ts'
import { type Author, asAdministrator, asMember } from '../log/log-statements.ts'
import { batchedPins, type FirstUsePins } from './first-use-pins.ts'

/**
 * Who can give keys to others: an open Web Vault (of a member or an administrator) or an automator. What they may state in
 * the log, the log says; what they may do at the server, the server.
 */
export interface Approver {
  readonly connection: Connection
  readonly kind: 'user' | 'automator'
  readonly id: UserId | AutomatorId
  /** The verified log as it was last read. */
  readonly state: LogState
  /** Reads what is new of the log, and gives the state with it. */
  refresh(): Promise<LogState>
  readonly granter: GrantSigner
  /** Opens grants that were made for this approver alone. */
  readonly opener: GrantOpener
  /** Opens the wraps of the approver key that this approver holds. */
  readonly holder: KeyHolder
  /** `member`: of a team whose newest key they hold. @throws TypeError for an automator, which is on no team */
  author(role: 'approver' | 'member'): Author
  /** Whether the log names them as a holder of the approver key. */
  readonly isApprover: boolean
  /** Whether the log lets them publish the keys of teams, the first of each included. */
  readonly canStateTeamKeys: boolean
  /** By what they certify people; null where the log gives them no right to. */
  readonly evidence: Evidence | null
  readonly firstUse: FirstUsePins
}

/** The person of an open account as an approver. It follows the account: its log, its session, its profile. */
export function approverOf(account: OpenAccount): Approver {
  const { identity } = account
  const { userId } = identity
  const rights = () => account.state.administrators.get(userId)
  return {
    kind: 'user',
    id: userId,
    granter: asGranter(identity),
    opener: asGrantee(identity),
    holder: { id: userId, encryption: identity.encryption },
    firstUse: pinsOf(account),
    refresh: () => refreshLog(account),
    author: (role) => (role === 'member' ? asMember(identity) : asAdministrator(identity)),
    get connection() {
      return account.connection
    },
    get state() {
      return account.state
    },
    get isApprover() {
      return rights() !== undefined
    },
    get canStateTeamKeys() {
      return rights()?.includes('certify') === true
    },
    get evidence() {
      return rights()?.includes('certify') ? { kind: 'administrator' as const, wordsCompared: false } : null
    },
  }
}

/** The pins in the account's profile. */
function pinsOf(account: OpenAccount): FirstUsePins {
  return batchedPins(
    () => account.profile.firstUse,
    async (fresh) => {
      account.profile = { ...account.profile, firstUse: new Map([...account.profile.firstUse, ...fresh]) }
      await account.store.save(account.profile)
    },
  )
}
