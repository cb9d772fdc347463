import type { RecoveryRequest } from '@claviger/contract/api/recovery.ts'
import { ListedDevice } from '@claviger/contract/device-list.ts'
import { type SealedIdentity, UserRootWrap } from '@claviger/contract/envelopes.ts'
import { type EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { record } from '../audit/record.ts'
import { admitDevice } from '../devices/admit.ts'
import { verifyDeviceList } from '../devices/device-list.ts'
import { decideRequest } from '../devices/requests.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import { administeredNodes, requireNotAbove, requireRightOver } from '../nodes/rights.ts'
import { notify } from '../notices/notify.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { findAccount } from './find.ts'

/** An administrator who asks. A UserCaller of the API is one. */
export interface RecoveringCaller {
  readonly userId: string
  readonly email: string
  readonly enterpriseId: string
  readonly enterprise: EnterpriseLogId
  readonly actor: string
}

/** What the recovery key opens of a user. */
export interface SealedUser {
  userId: UserId
  enterprise: EnterpriseLogId
  identity: SealedIdentity
  deviceList: SignedStatement | null
  deviceListVersion: number
  wrap: Extract<UserRootWrap, { way: 'recovery-key' }>
}

const LISTED = 200

/** The devices that wait in the nodes of which the caller is full administrator, oldest first. */
export async function recoveryRequests(db: Db, caller: RecoveringCaller, at: Millis): Promise<RecoveryRequest[]> {
  const nodes = await administeredNodes(db, caller.userId, 'manage')
  if (nodes.length === 0) return []
  const rows = await pendingRequests(db, at)
    .leftJoin('root_wraps as w', (join) => join.onRef('w.user_id', '=', 'u.id').on('w.way', '=', 'recovery-key'))
    .select('w.epoch')
    .where('u.node_id', 'in', nodes)
    .where('u.enterprise_id', '=', caller.enterpriseId)
    .orderBy('r.id')
    .limit(LISTED)
    .execute()
  return rows.map(({ epoch, ...row }) => ({ ...requestOf(row), email: row.email, recoverable: epoch !== null }))
}

/**
 * The request of a device that waits, if the caller may recover its user: full administrator of the user's node, not below
 * the user, with the log's right to recover. @throws AppError `forbidden`, `not_found`
 */
export async function requireRecoverable(db: Db, caller: RecoveringCaller, requestId: string, at: Millis) {
  const row = await pendingRequests(db, at)
    .where('r.id', '=', requestId)
    .where('u.enterprise_id', '=', caller.enterpriseId)
    .executeTakeFirst()
  if (!row) throw gone()
  await requireRecoverer(db, caller, row.user_id)
  return requestOf(row)
}

/** @throws AppError `forbidden`, `not_found`: the caller may not open the root of this user */
export async function requireRecoverer(db: Db, caller: RecoveringCaller, userId: string): Promise<void> {
  await requireRightOver(db, caller, { kind: 'user', id: userId }, 'manage')
  await requireNotAbove(db, caller, userId)
  const state = await currentLog(db, caller.enterpriseId)
  const rights = state?.administrators.get(UserId.parse(caller.userId))
  if (rights?.includes('recovery')) return
  throw new AppError('forbidden', 'The enterprise log gives you no right to recover: ask a full administrator at the root for it.')
}

/** What the recovery key opens of a user. @throws AppError `conflict` where their root is not kept for it */
export async function sealedUser(db: Db, caller: RecoveringCaller, userId: string): Promise<SealedUser> {
  const account = await findAccount(db, userId)
  const row = await db
    .selectFrom('root_wraps')
    .select('wrap')
    .where('user_id', '=', userId)
    .where('way', '=', 'recovery-key')
    .executeTakeFirst()
  const wrap = row && UserRootWrap.parse(JSON.parse(row.wrap))
  if (!account || wrap?.way !== 'recovery-key') {
    throw new AppError(
      'conflict',
      'The keys of this user are not kept for the recovery key: the policy was off when they last used Claviger. ' +
        'They need their recovery code or another device.',
    )
  }
  const { identity, deviceList, deviceListVersion } = account
  return { userId: account.userId, enterprise: caller.enterprise, identity, deviceList, deviceListVersion, wrap }
}

/** Notes that the caller was given what opens a user's vault, and tells the user. In the transaction before the answer. */
export async function recordOpened(
  trx: Trx,
  caller: RecoveringCaller,
  { userId, deviceName }: { userId: string; deviceName: string },
  address: string,
  at: Millis,
): Promise<void> {
  const { enterpriseId, actor, email } = caller
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'user.opened-by-recovery-key',
    subjectKind: 'user',
    subjectId: userId,
    detail: { for: 'device' },
  })
  await notify(trx, { userId, enterpriseId, kind: 'recovered-by-administrator', detail: { by: email, device: deviceName, address } }, at)
}

/** A device that an administrator lets in. Made only by `checkAdmission`. */
type Admission = Awaited<ReturnType<typeof checkAdmission>>

/** Checks the list and the wrap for a device before the transaction. @throws AppError as verifyDeviceList */
export async function checkAdmission(
  db: Db,
  caller: RecoveringCaller,
  request: Pick<RecoveryRequest, 'requestId' | 'userId' | 'device' | 'deviceName'>,
  { deviceList, wrap }: { deviceList: SignedStatement; wrap: UserRootWrap },
) {
  const { userId, device } = request
  const list = await verifyDeviceList(db, { userId, enterprise: caller.enterprise }, deviceList, { kind: 'add', device })
  return { request, list, wrap }
}

/**
 * Lets the device in. The request's row decides between administrators, and the user's own devices, that answer at once.
 * @throws AppError `conflict` where it does not wait any more, or the user's devices changed meanwhile
 */
export async function admitByRecoveryKey(
  trx: Trx,
  caller: RecoveringCaller,
  { request, list, wrap }: Admission,
  at: Millis,
): Promise<void> {
  const { userId, requestId, device, deviceName } = request
  const { enterpriseId, actor } = caller
  await decideRequest(trx, { requestId, userId, enterpriseId, decidedBy: actor, state: 'approved' }, at)
  await admitDevice(trx, { userId, enterpriseId, device, name: deviceName, list, wrap, actor }, at)
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'user.recovered',
    subjectKind: 'user',
    subjectId: userId,
    detail: { by: 'recovery key', deviceId: device.id },
  })
}

function pendingRequests(db: Db, at: Millis) {
  return db
    .selectFrom('device_requests as r')
    .innerJoin('users as u', 'u.id', 'r.user_id')
    .select(['r.id', 'r.user_id', 'r.device', 'r.name', 'r.created_at', 'r.expires_at', 'u.email'])
    .where('r.state', '=', 'pending')
    .where('r.expires_at', '>', at)
    .where('u.status', '=', 'active')
    .where('u.deleted_at', 'is', null)
}

type RequestRow = Awaited<ReturnType<ReturnType<typeof pendingRequests>['execute']>>[number]

function requestOf(row: RequestRow) {
  return {
    requestId: row.id,
    userId: UserId.parse(row.user_id),
    device: ListedDevice.parse(JSON.parse(row.device)),
    deviceName: row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

function gone(): AppError {
  return new AppError('not_found', 'No such device waits any more: it was answered, or its time is over. The person can ask again.')
}
