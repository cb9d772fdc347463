import { readHeldKeys } from '@claviger/contract/api/log.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { type ApproverKey, openApproverKey } from '../keys/approver-key.ts'
import { openRecoveryKey, type RecoveryKey } from '../keys/recovery-key.ts'

type Holding = Pick<OpenAccount, 'connection' | 'identity'>

/** The newest approver key that the log has, to give it on. @throws ClientError `not_entitled`, and as `openApproverKey` */
export async function newestApproverKey(account: Holding, state: LogState): Promise<ApproverKey> {
  return openApproverKey(state, await newestWrap(account, 'approver-key', state.approverKeys.length), holderOf(account))
}

/** The newest recovery key that the log has, to give it on. @throws ClientError `not_entitled`, and as `openRecoveryKey` */
export async function newestRecoveryKey(account: Holding, state: LogState): Promise<RecoveryKey> {
  return openRecoveryKey(state, await newestWrap(account, 'recovery-key', state.recoveryKeys.length), holderOf(account))
}

async function newestWrap({ connection }: Holding, kind: HeldKeyWrap['key'], newest: number): Promise<HeldKeyWrap> {
  const { heldKeys } = await call(connection, readHeldKeys, {})
  const wrap = heldKeys.find(({ key, epoch }) => key === kind && epoch === newest)
  if (wrap !== undefined) return wrap
  const name = kind === 'approver-key' ? 'approver key' : 'recovery key'
  throw new ClientError('not_entitled', `You do not hold the newest ${name}, so you cannot give it on.`)
}

function holderOf({ identity }: Holding) {
  return { id: identity.userId, encryption: identity.encryption }
}
