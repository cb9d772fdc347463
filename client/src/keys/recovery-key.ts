import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { ClientError } from '../errors.ts'
import { type HeldKey, type KeyHolder, openHeldKey, sealHeldKey } from './held-key.ts'
import { makeEncryptionKeyPair } from './key-pair.ts'
import type { VerifiedUser } from './recipients.ts'

/** Opens user roots, where the policy wants them wrapped for it. Another key than the approvers', for another right. */
export type RecoveryKey = HeldKey<'recovery-key'>

/** Makes the recovery key of an epoch. Its public half goes into the log. */
export async function makeRecoveryKey(epoch: number): Promise<RecoveryKey> {
  return { kind: 'recovery-key', epoch, encryption: await makeEncryptionKeyPair(true) }
}

/**
 * Gives the recovery key to an administrator who has the right to recover. No automator ever holds it.
 * @throws ClientError `not_entitled`, `unknown_key`
 */
export async function wrapRecoveryKey(state: LogState, key: RecoveryKey, to: VerifiedUser): Promise<HeldKeyWrap> {
  const entitled = state.administrators.get(to.id)?.includes('recovery') === true
  if (!entitled) throw new ClientError('not_entitled', `The log gives the user ${to.id} no right to recover.`)
  return sealHeldKey(state.enterprise, key, to, state.recoveryKeys)
}

/** @throws ClientError `unknown_key`, `cannot_open`, `swapped_key` */
export function openRecoveryKey(state: LogState, wrap: HeldKeyWrap, holder: KeyHolder): Promise<RecoveryKey> {
  return openHeldKey('recovery-key', state.enterprise, wrap, holder, state.recoveryKeys)
}
