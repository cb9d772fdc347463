import { type AdministratorRole, logRightsOf, readRoles, setRole as setRoleRoute } from '@claviger/contract/api/administration.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { NodeId, UserId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AdministratorRight, StatementBody } from '@claviger/contract/log/statement.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { ApiError, call } from '../api/call.ts'
import { renewApproverKey } from '../approvals/approver-key-renewal.ts'
import { ClientError } from '../errors.ts'
import { wrapApproverKey } from '../keys/approver-key.ts'
import { certifiedUser } from '../keys/recipients.ts'
import { wrapRecoveryKey } from '../keys/recovery-key.ts'
import { stateAll } from '../log/append.ts'
import { refreshLog } from '../log/follow.ts'
import { asAdministrator } from '../log/log-statements.ts'
import { newestApproverKey, newestRecoveryKey } from './newest-held-keys.ts'
import { renewRecoveryKey } from './renew-recovery-key.ts'

/** Others may append to the log at the same time; so often one of them can come first. */
const TRIES = 5

/** A role for a user in a node, in the place of any that they have there; null: none. */
export interface RoleWanted {
  readonly userId: UserId
  readonly nodeId: NodeId
  /**
   * Whether the node is the root, hence the role for the whole enterprise, as whoever decides means it. The server alone
   * knows the nodes: were it asked, it could make of a small role one that names administrators.
   */
  readonly atRoot: boolean
  readonly role: AdministratorRole | null
}

/**
 * Appoints an administrator, changes their role in a node, or dismisses them: the role, the statements in the log and the
 * keys that go with them in one request. Where somebody thereby may not hold the approver key or recovery key any more,
 * their next epochs are made after it; if that does not come to pass, the next administrator's client does it.
 * @throws ClientError `uncertified` where the role needs rights in the log and nobody verified the user, `not_entitled` for
 * who does not hold the keys that go with the role, `unexpected_answer`; ContractError `not_permitted` for who may not name
 * administrators; ApiError, as for the last full administrator
 */
export async function setRole(account: OpenAccount, wanted: RoleWanted): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await trySetRole(account, wanted)
      break
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict' || tries === TRIES) throw error
    }
  }
  await refreshLog(account)
  await renewDueKeys(account)
}

/** Makes the next approver key and recovery key where they are due and the account may. @throws ApiError */
export async function renewDueKeys(account: OpenAccount): Promise<void> {
  const rights = account.state.administrators.get(account.identity.userId) ?? []
  if (account.state.approverKeyDue && rights.includes('administrators')) await renewApproverKey(account)
  if (account.state.recoveryKeyDue && rights.includes('recovery')) await renewRecoveryKey(account)
}

async function trySetRole(account: OpenAccount, wanted: RoleWanted): Promise<void> {
  const { connection, identity } = account
  const { userId, nodeId, role } = wanted
  const { roles } = await call(connection, readRoles, { user: userId })
  const before = await refreshLog(account)
  const bodies = changesOf(before, userId, rightsWith(before, roles, wanted))
  if (userId === identity.userId && bodies.length === 2)
    throw new ClientError(
      'not_entitled',
      'Who changes your own rights must be another full administrator: after your removal you may not add.',
    )
  const { entries, state } = await stateAll(before, asAdministrator(identity), bodies)
  const heldKeys = bodies.some(({ kind }) => kind === 'administrator-added') ? await keysFor(account, state, userId) : []
  await call(connection, setRoleRoute, { userId, nodeId, role, entries, heldKeys })
}

/**
 * The rights in the log that go with all roles of a user once this one is set. The other roles are the server's word, and
 * may keep a right that the log gives already; a new one follows from the role that is wanted, or it is refused.
 * @throws ClientError `unexpected_answer`
 */
function rightsWith(
  state: LogState,
  roles: readonly { nodeId: NodeId; isRoot: boolean; role: AdministratorRole }[],
  { userId, nodeId, atRoot, role }: RoleWanted,
): AdministratorRight[] {
  if (roles.some((held) => (held.nodeId === nodeId ? held.isRoot !== atRoot : held.isRoot && atRoot))) {
    throw new ClientError('unexpected_answer', 'The server names another node as the root than you do: nothing was changed.')
  }
  const own = role === null ? [] : [{ role, isRoot: atRoot }]
  const rights = logRightsOf([...roles.filter((held) => held.nodeId !== nodeId), ...own])
  const known = [...(state.administrators.get(userId) ?? []), ...logRightsOf(own)]
  if (rights.every((right) => known.includes(right))) return rights
  throw new ClientError(
    'unexpected_answer',
    'The server says that this user has roles whose rights the log does not give: nothing was changed.',
  )
}

/** What makes the rights of the user in the log these. A right is neither added nor taken alone: who has others is named anew. */
function changesOf({ administrators }: LogState, userId: UserId, rights: AdministratorRight[]): StatementBody[] {
  const before = administrators.get(userId) ?? []
  if (before.length === rights.length && rights.every((right) => before.includes(right))) return []
  return [
    ...(before.length > 0 ? [{ kind: 'administrator-removed' as const, userId }] : []),
    ...(rights.length > 0 ? [{ kind: 'administrator-added' as const, userId, rights }] : []),
  ]
}

/** The keys that go with the rights which the log now gives. One that is due follows with its next epoch. */
async function keysFor(account: OpenAccount, state: LogState, userId: UserId): Promise<HeldKeyWrap[]> {
  const to = certifiedUser(state, userId)
  const givesApprover = !state.approverKeyDue && state.approverKeys.length > 0
  const mayRecover = state.administrators.get(userId)?.includes('recovery') === true
  const givesRecovery = mayRecover && !state.recoveryKeyDue && state.recoveryKeys.length > 0
  return [
    ...(givesApprover ? [await wrapApproverKey(state, await newestApproverKey(account, state), to)] : []),
    ...(givesRecovery ? [await wrapRecoveryKey(state, await newestRecoveryKey(account, state), to)] : []),
  ]
}
