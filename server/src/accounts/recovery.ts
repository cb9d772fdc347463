import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { RecoveryOpening, RecoveryStarted } from '@claviger/contract/api/recovery.ts'
import { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { recoveryHashOf } from '@claviger/contract/recovery-proof.ts'
import { AppError } from '../errors.ts'
import type { Db, Millis } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'
import { write } from '../storage/write.ts'
import { type Account, findAccount } from './find.ts'
import { answerRegistration } from './opaque-server.ts'
import { RECOVERY_MILLIS, stepIdOf, writeTicket } from './recovery-ticket.ts'
import { askSecondFactor, type SecondFactorProof, useSecondFactor } from './second-factor.ts'
import { wrapsOf } from './wraps.ts'

/** What is shown to recover an account. */
export interface RecoveryAsked {
  readonly email: string
  /** What the code shows of itself, base64url. */
  readonly proof: string
}

const SIGN_IN_ID_BYTES = 24

declare const shown: unique symbol
/** An account whose recovery code was shown. Minted only by `requireRecoveryProof`. */
export interface Recoverable {
  readonly [shown]: true
  readonly account: Account
  readonly recoveryHash: string
  readonly enterprise: EnterpriseLogId
}

/**
 * Begins a recovery: gives what the code opens, or asks for the second factor first, which the code does not replace.
 * @throws AppError `invalid_value` for what is no message of OPAQUE
 */
export async function startRecovery(
  db: Db,
  found: Recoverable,
  registrationRequest: string,
  publicUrl: string,
  at: Millis,
): Promise<RecoveryStarted> {
  const { userId } = found.account
  const wanted = await askSecondFactor(db, userId, publicUrl)
  if (wanted === null) return openingOf(db, found, registrationRequest, at)
  const signInId = randomBytes(SIGN_IN_ID_BYTES).toString('base64url')
  const id = await stepIdOf(db, signInId)
  const { state, factors, passkey } = wanted
  const step = { user_id: userId, stage: 'second-factor' as const, state, device_id: null, attempts: 0, expires_at: at + RECOVERY_MILLIS }
  await write(db, (trx) =>
    trx
      .insertInto('sign_ins')
      .values({ id, ...step })
      .execute(),
  )
  return { kind: 'second-factor', signInId, factors, passkey }
}

/**
 * The second step of a recovery, for who has a second factor: uses it up, and gives what the code opens.
 * @throws AppError `unauthenticated` where the factor is another user's, or was used meanwhile
 */
export async function proveRecovery(
  db: Db,
  found: Recoverable,
  registrationRequest: string,
  proof: SecondFactorProof,
  at: Millis,
): Promise<RecoveryOpening> {
  if (proof.userId !== found.account.userId) throw wrongCode()
  await write(db, (trx) => useSecondFactor(trx, proof, at))
  return openingOf(db, found, registrationRequest, at)
}

/**
 * The account of this address, if the proof is of its recovery code. The same statements whether or not there is one, so
 * that the time tells nothing either.
 * @throws AppError `unauthenticated` for a wrong code or address, in one wording; `forbidden` for the right code of an
 * account that is locked or has no password
 */
export async function requireRecoveryProof(db: Db, { email, proof }: RecoveryAsked): Promise<Recoverable> {
  const hash = await recoveryHashOf(proof)
  const user = await db
    .selectFrom('users')
    .leftJoin('accounts', 'accounts.user_id', 'users.id')
    .innerJoin('enterprises', 'enterprises.id', 'users.enterprise_id')
    .select(['users.id', 'users.status', 'accounts.recovery_hash', 'accounts.opaque_record', 'enterprises.log_id'])
    .where('users.email_key', '=', textKey(email))
    .where('users.deleted_at', 'is', null)
    .executeTakeFirst()
  const known = user?.recovery_hash ?? 'A'.repeat(hash.length)
  if (!timingSafeEqual(Buffer.from(known), Buffer.from(hash)) || !user?.recovery_hash) throw wrongCode()
  if (user.status !== 'active') {
    throw new AppError('forbidden', 'This account is locked: ask your administrator to unlock it. The recovery code stays valid.')
  }
  const account = await findAccount(db, user.id)
  if (!account || user.opaque_record === null || user.log_id === null) {
    throw new AppError('forbidden', 'This account has no password: sign in through the directory of your company.')
  }
  return { account, recoveryHash: hash, enterprise: EnterpriseLogId.parse(user.log_id) } as unknown as Recoverable
}

async function openingOf(
  db: Db,
  { account, recoveryHash, enterprise }: Recoverable,
  registrationRequest: string,
  at: Millis,
): Promise<RecoveryOpening> {
  const { userId, identity, deviceList, deviceListVersion } = account
  const wraps = await wrapsOf(db, userId)
  const wrap = wraps.find(({ way }) => way === 'recovery-code')
  if (wrap?.way !== 'recovery-code') throw new Error(`the account ${userId} has a recovery code, but no wrap for it`)
  const byPassword = wraps.find(({ way }) => way === 'password')
  return {
    kind: 'opening',
    ticket: await writeTicket(db, { userId, recoveryHash, expiresAt: at + RECOVERY_MILLIS }),
    userId,
    enterprise,
    identity,
    deviceList,
    deviceListVersion,
    wrap,
    passwordEpoch: byPassword?.way === 'password' ? byPassword.epoch : 0,
    registrationResponse: await answerRegistration(db, userId, registrationRequest),
  }
}

function wrongCode(): AppError {
  return new AppError('unauthenticated', 'The e-mail address or the recovery code is wrong. Look at both again.')
}
