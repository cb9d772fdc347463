import { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { madeUpUser } from '../accounts/made-up-user.ts'
import { answerSignIn, provesPassword, type SignInSubject } from '../accounts/opaque-server.ts'
import { AppError } from '../errors.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { textKey } from '../storage/text-key.ts'
import { write } from '../storage/write.ts'

/** How long each step of a sign-in may take. */
const STEP_MILLIS: Millis = 5 * 60 * 1000

/** The server's first answer. */
export interface SignInStarted {
  signInId: string
  userId: UserId
  enterprise: EnterpriseLogId
  loginResponse: string
}

/**
 * Begins a sign-in with an address, whoever's it is: nobody's takes the same steps, and is answered in the same shape.
 * @throws AppError `invalid_value` for a message that is none, `conflict` before the set-up
 */
export async function startSignIn(
  db: Db,
  { email, startLoginRequest }: { email: string; startLoginRequest: string },
  at: Millis,
): Promise<SignInStarted> {
  const emailKey = textKey(email)
  const [known, madeUp] = [await findByAddress(db, emailKey), await madeUpUser(db, emailKey, at)]
  const subject = known ?? madeUp
  const { loginResponse, state } = await answerSignIn(db, subject, startLoginRequest)
  const signInId = newId()
  const user_id = known?.opaqueRecord === undefined || known.opaqueRecord === null ? null : known.userId
  const row = { id: signInId, user_id, stage: 'password' as const, state, device_id: null, attempts: 0, expires_at: at + STEP_MILLIS }
  await write(db, (trx) => trx.insertInto('sign_ins').values(row).execute())
  return { signInId, userId: subject.userId, enterprise: subject.enterprise, loginResponse }
}

/** A sign-in whose password was proven just now, by a user who may sign in. */
export interface ProvenSignIn {
  readonly signInId: string
  readonly userId: string
}

/**
 * Uses the first step up, and says whose password was proven.
 * @throws AppError `unauthenticated` in the same words for a wrong password, an unknown address and a sign-in that is over;
 * `forbidden` for the right password of somebody locked
 */
export async function provePassword(
  db: Db,
  { signInId, finishLoginRequest }: { signInId: string; finishLoginRequest: string },
  at: Millis,
): Promise<ProvenSignIn> {
  const step = await write(db, (trx) => takeStep(trx, signInId, at))
  const proven = step !== undefined && (await provesPassword(step.state, finishLoginRequest))
  if (!proven || step.user_id === null) {
    throw new AppError('unauthenticated', 'The e-mail address or the password is wrong, or the sign-in took too long: sign in again.')
  }
  const user = await db.selectFrom('users').select(['status', 'deleted_at']).where('id', '=', step.user_id).executeTakeFirst()
  if (user?.status !== 'active' || user.deleted_at !== null) throw locked()
  return { signInId, userId: step.user_id }
}

/** Keeps a sign-in for its second step. `state`: what `askSecondFactor` gave. @throws AppError `unauthenticated` where it is over */
export async function keepForSecondFactor(
  trx: Trx,
  { signInId, userId }: ProvenSignIn,
  { state, deviceId }: { state: string; deviceId: string | null },
  at: Millis,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('sign_ins')
    .set({ stage: 'second-factor', state, device_id: await ownDevice(trx, userId, deviceId), attempts: 0, expires_at: at + STEP_MILLIS })
    .where('id', '=', signInId)
    .where('stage', '=', 'password')
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw over()
}

/**
 * Whom a session is to be made for, held against a lock at the same time, and on which device: one that the user does not
 * have is none. @throws AppError `forbidden` where the user was locked meanwhile
 */
export async function admitSignIn(trx: Trx, userId: string, deviceId: string | null) {
  const user = await trx
    .updateTable('users')
    // Writes nothing new, and so waits for whoever locks this user.
    .set((eb) => ({ version: eb.ref('version') }))
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .where('deleted_at', 'is', null)
    .returning('enterprise_id')
    .executeTakeFirst()
  if (!user) throw locked()
  return { userId, enterpriseId: user.enterprise_id, deviceId: await ownDevice(trx, userId, deviceId) }
}

/** Ends a sign-in that wants no second step. @throws AppError `unauthenticated` where it was cancelled meanwhile */
export async function endSignIn(trx: Trx, { signInId }: ProvenSignIn): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('sign_ins')
    .where('id', '=', signInId)
    .where('stage', '=', 'password')
    .executeTakeFirstOrThrow()
  if (numDeletedRows !== 1n) throw over()
}

/** Removes sign-ins that nobody can finish any more. @returns how many */
export async function removeStaleSignIns(trx: Trx, now: Millis): Promise<number> {
  const stale = await trx
    .deleteFrom('sign_ins')
    .where('id', 'in', (eb) => eb.selectFrom('sign_ins').select('id').where('expires_at', '<=', now).limit(1000))
    .returning('id')
    .execute()
  return stale.length
}

/** The user of an address in an enterprise that is set up. Who has not registered has no password to prove. */
async function findByAddress(db: Db, emailKey: string): Promise<SignInSubject | undefined> {
  const row = await db
    .selectFrom('users as u')
    .innerJoin('enterprises as e', 'e.id', 'u.enterprise_id')
    .leftJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'e.log_id', 'a.opaque_record'])
    .where('u.email_key', '=', emailKey)
    .where('u.deleted_at', 'is', null)
    .where('e.log_id', 'is not', null)
    .executeTakeFirst()
  return row && { userId: UserId.parse(row.id), enterprise: EnterpriseLogId.parse(row.log_id), opaqueRecord: row.opaque_record }
}

/** Each password step is taken once: nobody tries two proofs on one answer. */
function takeStep(trx: Trx, signInId: string, at: Millis) {
  return trx
    .updateTable('sign_ins')
    .set({ attempts: 1 })
    .where('id', '=', signInId)
    .where('stage', '=', 'password')
    .where('attempts', '=', 0)
    .where('expires_at', '>', at)
    .returning(['user_id', 'state'])
    .executeTakeFirst()
}

async function ownDevice(trx: Trx, userId: string, deviceId: string | null): Promise<string | null> {
  if (deviceId === null) return null
  const device = await trx
    .selectFrom('devices')
    .select('id')
    .where('id', '=', deviceId)
    .where('user_id', '=', userId)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return device?.id ?? null
}

function locked(): AppError {
  return new AppError('forbidden', 'Your account is locked: ask your administrator to unlock it.')
}

function over(): AppError {
  return new AppError('unauthenticated', 'This sign-in is over: sign in from the start.')
}
