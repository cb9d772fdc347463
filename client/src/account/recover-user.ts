import { admitByRecovery, listRecoveryRequests, openForRecovery, type RecoveryRequest } from '@claviger/contract/api/recovery.ts'
import { requireKeyBinding } from '@claviger/contract/public-keys.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { readDeviceList } from '../keys/device.ts'
import { deviceWords } from '../keys/device-words.ts'
import { remember } from '../keys/seen.ts'
import { wrapRootForDevice } from '../keys/user-root.ts'
import { refreshLog } from '../log/follow.ts'
import { deviceOf, nextList } from './device-list.ts'
import type { OpenAccount } from './open-account.ts'
import { openByRecoveryKey } from './open-by-recovery-key.ts'

/** The devices that wait in the nodes which this administrator may recover in. */
export async function devicesToRecover(account: OpenAccount): Promise<RecoveryRequest[]> {
  return (await call(account.connection, listRecoveryRequests, {})).requests
}

/**
 * Lets the new device of somebody who lost every other way in into their account, with the recovery key. The user is told.
 * @param confirm asked with the six words that the new device shows if nobody stands between: the administrator hears them
 * from the person. Where it answers false, nothing is opened
 * @throws ClientError `uncertified` where the words are not the same, `not_entitled`, `swapped_key`, `cannot_open`,
 * `rolled_back`; ApiError `forbidden`, `conflict`, `not_found`
 */
export async function recoverUser(
  account: OpenAccount,
  request: RecoveryRequest,
  confirm: (words: readonly string[]) => Promise<boolean>,
): Promise<void> {
  const state = await refreshLog(account)
  const { userId, device, requestId } = request
  const keys = state.certificates.get(userId)?.identity ?? account.profile.firstUse.get(userId)
  if (keys === undefined) throw new ClientError('uncertified', 'Nobody has certified this user: certify them before you recover them.')
  await requireKeyBinding(device.id, device)
  if (!(await confirm(await deviceWords({ enterprise: state.enterprise, userId }, keys, device)))) {
    throw new ClientError('uncertified', 'The words were not the same: the device is not let in.')
  }
  const sealed = await call(account.connection, openForRecovery, { requestId })
  const opened = await openByRecoveryKey(account, { ...sealed, userId })
  const { owner, root, identity } = opened
  const before =
    sealed.deviceList === null
      ? { version: sealed.deviceListVersion, devices: [] }
      : await readDeviceList(sealed.deviceList, identity, owner.enterprise, 1)
  const seen = remember(account.profile.seen, 'device-list', [[userId, before.version]])
  const next = await nextList(opened, before, (devices) => [...devices, device])
  const wrap = await wrapRootForDevice(root, owner, deviceOf(next, device.id))
  await call(account.connection, admitByRecovery, { requestId, deviceList: next.signed, wrap })
  account.profile = { ...account.profile, seen }
  await account.store.save(account.profile)
}
