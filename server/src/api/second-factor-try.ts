import { checkSecondFactor, type SecondFactorProof, takeSecondFactorTry } from '../accounts/second-factor.ts'
import { AppError } from '../errors.ts'
import { takeHit } from '../http/rate-limit.ts'
import type { Db, Millis } from '../storage/database.ts'
import type { ApiContext } from './context.ts'

/** Tries of one person in an hour, over all sign-ins: three codes of a million are right at a time. */
const TRIES = 20
const WINDOW: Millis = 60 * 60 * 1000

/**
 * Counts and checks one try at the second step of a sign-in; `useSecondFactor` then ends it in the transaction that makes
 * the session. @throws AppError `unauthenticated` where it is wrong or the sign-in over, `rate_limited`
 */
export async function trySecondFactor(
  { db, publicUrl }: Pick<ApiContext, 'db' | 'publicUrl'>,
  signInId: string,
  answer: { totp?: unknown; passkey?: unknown },
  at: Millis,
): Promise<SecondFactorProof> {
  const step = await takeSecondFactorTry(db, signInId, at)
  await limitFactorTries(db, step.userId, at)
  return checkSecondFactor(db, step, publicUrl, answer, at)
}

/** Counts a try of this user at any second factor. @throws AppError `rate_limited` */
export async function limitFactorTries(db: Db, userId: string, at: Millis): Promise<void> {
  const { allowed, retryAfter } = await takeHit(db, `second-factor:${userId}`, TRIES, WINDOW, at)
  if (allowed) return
  throw new AppError('rate_limited', 'There were too many tries at the second factor: wait before the next one.', { retryAfter })
}
