import type { SessionGiven } from '@claviger/contract/api/sessions.ts'
import type { ListedDevice } from '@claviger/contract/device-list.ts'
import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { record } from '../audit/record.ts'
import { admitDevice } from '../devices/admit.ts'
import { type VerifiedDeviceList, verifyDeviceList } from '../devices/device-list.ts'
import { cancelRequests } from '../devices/requests.ts'
import { AppError } from '../errors.ts'
import { notify } from '../notices/notify.ts'
import { createSession, endSessions } from '../sessions/sessions.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { readTicket, type Ticket } from './recovery-ticket.ts'
import { keepWrap } from './wraps.ts'

type Wrap<Way extends UserRootWrap['way']> = Extract<UserRootWrap, { way: Way }>

/** What takes the place of a forgotten password. */
export interface GivenRecovery {
  readonly registrationRecord: string
  readonly passwordWrap: Wrap<'password'>
  readonly codeWrap: Wrap<'recovery-code'>
  /** Of the new code. */
  readonly recoveryHash: string
  readonly device: ListedDevice
  readonly deviceName: string
  readonly deviceWrap: Wrap<'device'>
  readonly deviceList: SignedStatement
}

/** A recovery of which everything belongs together, for `recoverAccount`. */
export interface CheckedRecovery {
  readonly given: GivenRecovery
  readonly ticket: Ticket
  readonly enterpriseId: string
  readonly list: VerifiedDeviceList
}

/**
 * Checks the last step of a recovery before its transaction.
 * @throws AppError `unauthenticated` for a ticket that is over, `conflict` where the devices changed meanwhile, `invalid_value`
 */
export async function checkRecovery(db: Db, given: GivenRecovery & { ticket: string }, at: Millis): Promise<CheckedRecovery> {
  const ticket = await readTicket(db, given.ticket, at)
  const enterprise = await db
    .selectFrom('users')
    .innerJoin('enterprises', 'enterprises.id', 'users.enterprise_id')
    .select(['enterprises.id', 'enterprises.log_id'])
    .where('users.id', '=', ticket.userId)
    .executeTakeFirst()
  if (!enterprise) throw isDone()
  if (given.deviceWrap.deviceId !== given.device.id)
    throw new AppError('invalid_value', 'The wrap of the user root is not for this device.')
  if (given.recoveryHash === ticket.recoveryHash) throw new AppError('invalid_value', 'The recovery code was used: make a new one.')
  const owner = { userId: ticket.userId, enterprise: EnterpriseLogId.parse(enterprise.log_id) }
  const list = await verifyDeviceList(db, owner, given.deviceList, { kind: 'replace', device: given.device })
  return { given, ticket, enterpriseId: enterprise.id, list }
}

/**
 * Gives an account a new password and a new recovery code, and makes this device its only one. What the old ones opened is
 * gone: wraps, devices, sessions, sign-ins and devices that waited. The hash of the old code decides between two who recover
 * at once. @throws AppError `conflict` for the second, or where the account was locked meanwhile
 */
export async function recoverAccount(
  trx: Trx,
  { given, ticket, enterpriseId, list }: CheckedRecovery,
  from: { address: string; agent: string },
  at: Millis,
): Promise<SessionGiven> {
  const { userId } = ticket
  const actor = `user:${userId}`
  await takeRecoveryCode(trx, ticket, given, at)
  await requireNextEpochs(trx, userId, [given.passwordWrap, given.codeWrap])
  await dropDevices(trx, userId, at)
  const { device, deviceName: name, deviceWrap: wrap } = given
  await admitDevice(trx, { userId, enterpriseId, device, name, list, wrap, actor }, at)
  for (const renewed of [given.passwordWrap, given.codeWrap]) await keepWrap(trx, userId, renewed)
  await endSessions(trx, { userId, enterpriseId }, at)
  const session = await createSession(trx, { userId, enterpriseId, deviceId: given.device.id, ...from }, at)
  const detail = { by: 'code', deviceId: given.device.id }
  await record(trx, { enterpriseId, at, actor, action: 'user.recovered', subjectKind: 'user', subjectId: userId, detail })
  await notify(trx, { userId, enterpriseId, kind: 'recovered-by-code', detail: { device: given.deviceName, ...from } }, at)
  return session
}

async function takeRecoveryCode(trx: Trx, { userId, recoveryHash }: Ticket, given: GivenRecovery, at: Millis) {
  // The user's row first: a lock that comes at the same time is seen, or sees this.
  const active = await trx
    .updateTable('users')
    .set((eb) => ({ status: eb.ref('status') }))
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute()
  const taken = await trx
    .updateTable('accounts')
    .set({ opaque_record: given.registrationRecord, recovery_hash: given.recoveryHash, updated_at: at })
    .where('user_id', '=', userId)
    .where('recovery_hash', '=', recoveryHash)
    .returning('user_id')
    .execute()
  if (active.length === 0 || taken.length === 0) throw isDone()
}

async function requireNextEpochs(trx: Trx, userId: string, wraps: readonly Wrap<'password' | 'recovery-code'>[]) {
  const rows = await trx.selectFrom('root_wraps').select(['way', 'epoch']).where('user_id', '=', userId).execute()
  for (const { way, epoch } of wraps) {
    const before = rows.find((row) => row.way === way)?.epoch ?? 0
    if (epoch !== before + 1) throw new AppError('conflict', `The wrap by ${way} was renewed meanwhile: start the recovery again.`)
  }
}

async function dropDevices(trx: Trx, userId: string, at: Millis) {
  await trx.updateTable('devices').set({ removed_at: at }).where('user_id', '=', userId).where('removed_at', 'is', null).execute()
  await trx.deleteFrom('root_wraps').where('user_id', '=', userId).where('way', '=', 'device').execute()
  await trx.deleteFrom('sign_ins').where('user_id', '=', userId).execute()
  await cancelRequests(trx, userId, at)
}

function isDone(): AppError {
  return new AppError(
    'conflict',
    'This account was recovered or locked meanwhile: the recovery code is void, or the account waits for an administrator.',
  )
}
