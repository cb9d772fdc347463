import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { ClientError } from '../errors.ts'
import type { GrantOpener } from './grants.ts'
import { type HeldKey, type KeyHolder, openHeldKey, sealHeldKey } from './held-key.ts'
import { makeEncryptionKeyPair } from './key-pair.ts'
import type { VerifiedAutomator, VerifiedUser } from './recipients.ts'

/** Opens every team key of the enterprise, so that any approver can admit any member. */
export type ApproverKey = HeldKey<'approver-key'>

/** Makes the approver key of an epoch: 1 at set-up, one more whenever an approver is removed. Its public half goes into the log. */
export async function makeApproverKey(epoch: number): Promise<ApproverKey> {
  return { kind: 'approver-key', epoch, encryption: await makeEncryptionKeyPair(true) }
}

/**
 * Gives the approver key to an administrator or an automator. Who is one, the log says: the server's word is not asked.
 * @throws ClientError `not_entitled`, `unknown_key`
 */
export async function wrapApproverKey(state: LogState, key: ApproverKey, to: VerifiedUser | VerifiedAutomator): Promise<HeldKeyWrap> {
  const entitled = to.kind === 'user' ? state.administrators.has(to.id) : state.automators.has(to.id)
  if (!entitled) throw new ClientError('not_entitled', `The log does not name the ${to.kind} ${to.id} as an approver.`)
  return sealHeldKey(state.enterprise, key, to, state.approverKeys)
}

/** @throws ClientError `unknown_key`, `cannot_open`, `swapped_key` */
export function openApproverKey(state: LogState, wrap: HeldKeyWrap, holder: KeyHolder): Promise<ApproverKey> {
  return openHeldKey('approver-key', state.enterprise, wrap, holder, state.approverKeys)
}

/** Opens grants that were made for the approvers. */
export function asApprover({ epoch, encryption }: ApproverKey): GrantOpener {
  return { grantee: { kind: 'approvers', epoch, encryptionKey: encryption.public }, encryption }
}
