import { PasskeyAssertion, type PasskeyOptions, type SecondFactorKind, TotpCode } from '@claviger/contract/api/second-factors.ts'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { requestOptions, verifyAssertion } from './passkey.ts'
import { stepOfCode } from './totp.ts'

/** Wrong tries that one sign-in takes before it is over. */
const MOST_TRIES = 5

/** What a sign-in keeps between its two steps. */
const StepState = z.strictObject({ challenge: z.string().nullable() })

/** What is asked of somebody who has proven the password. */
export interface SecondFactorAsked {
  factors: SecondFactorKind[]
  /** Where a passkey is among them: what the browser shows it for. */
  passkey: PasskeyOptions | null
  /** For the sign-in's row, with stage `second-factor` and `attempts` 0: binds the passkey's challenge to this sign-in. */
  state: string
}

/** A sign-in at its second step. */
export interface SecondFactorStep {
  readonly signInId: string
  readonly userId: string
  readonly deviceId: string | null
  readonly challenge: string | null
}

declare const proven: unique symbol

/** A second factor that was shown and verified, not yet used up. Minted only by `checkSecondFactor`. */
export interface SecondFactorProof extends SecondFactorStep {
  readonly [proven]: true
  readonly factorId: string
  readonly kind: SecondFactorKind
  readonly counterBefore: number
  readonly counter: number
}

/** The kinds of second factor that this user set up; none: the password is enough. */
export async function factorsFor(db: Db, userId: string): Promise<SecondFactorKind[]> {
  const factors = await confirmedFactors(db, userId)
  return [...new Set(factors.map(({ kind }) => kind))]
}

/** What to ask of this user after the password; null where there is no second factor. Called before the transaction. */
export async function askSecondFactor(db: Db, userId: string, publicUrl: string): Promise<SecondFactorAsked | null> {
  const factors = await confirmedFactors(db, userId)
  if (factors.length === 0) return null
  const credentialIds = factors.flatMap(({ credential_id }) => credential_id ?? [])
  const passkey = credentialIds.length === 0 ? null : await requestOptions(publicUrl, credentialIds)
  const kinds = new Set(factors.map(({ kind }) => kind))
  return { factors: [...kinds], passkey, state: JSON.stringify({ challenge: passkey?.challenge ?? null }) }
}

/**
 * Counts one try of a sign-in at its second step, before it is known whether it is right: tries at the same time count too.
 * @throws AppError `unauthenticated` where the sign-in is over or has had its tries
 */
export async function takeSecondFactorTry(db: Db, signInId: string, at: Millis): Promise<SecondFactorStep> {
  const row = await write(db, (trx) =>
    trx
      .updateTable('sign_ins')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', signInId)
      .where('stage', '=', 'second-factor')
      .where('attempts', '<', MOST_TRIES)
      .where('expires_at', '>', at)
      .returning(['user_id', 'device_id', 'state'])
      .executeTakeFirst(),
  )
  if (!row || row.user_id === null) throw isOver()
  const { challenge } = StepState.parse(JSON.parse(row.state))
  return { signInId, userId: row.user_id, deviceId: row.device_id, challenge }
}

/**
 * Verifies what was shown: a code of a step that was not used yet, or a passkey for this sign-in's challenge. Reads only;
 * `useSecondFactor` uses it up. @throws AppError `unauthenticated` where it is wrong
 */
export async function checkSecondFactor(
  db: Db,
  step: SecondFactorStep,
  publicUrl: string,
  { totp, passkey }: { totp?: unknown; passkey?: unknown },
  at: Millis,
): Promise<SecondFactorProof> {
  const [code, assertion] = [TotpCode.safeParse(totp), PasskeyAssertion.safeParse(passkey)]
  for (const { id: factorId, kind, secret, credential_id, counter: counterBefore } of await confirmedFactors(db, step.userId)) {
    const counter =
      kind === 'totp'
        ? code.success && stepOfCode(secret, code.data, at)
        : assertion.success &&
          step.challenge !== null &&
          credential_id === assertion.data.id &&
          (await verifyAssertion(
            publicUrl,
            step.challenge,
            { credentialId: credential_id, publicKey: secret, counter: counterBefore },
            assertion.data,
          ))
    if (counter === false || counter === null || (kind === 'totp' && counter <= counterBefore)) continue
    return { ...step, factorId, kind, counterBefore, counter } as SecondFactorProof
  }
  throw new AppError('unauthenticated', 'This is not right, or was used before: wait for the next code, or show the passkey again.')
}

/**
 * Ends the sign-in and uses the factor up, in the transaction that makes the session: of two who show the same code or
 * the same sign-in at once, one goes on. @throws AppError `unauthenticated` for the other
 */
export async function useSecondFactor(trx: Trx, proof: SecondFactorProof, at: Millis): Promise<void> {
  const { signInId, factorId, kind, counterBefore, counter } = proof
  const ended = await trx.deleteFrom('sign_ins').where('id', '=', signInId).where('stage', '=', 'second-factor').returning('id').execute()
  const used = await trx
    .updateTable('second_factors')
    .set({ counter, used_at: at })
    .where('id', '=', factorId)
    .where('confirmed_at', 'is not', null)
    .$if(kind === 'totp', (query) => query.where('counter', '<', counter))
    .$if(kind === 'passkey', (query) => query.where('counter', '=', counterBefore))
    .returning('id')
    .execute()
  if (ended.length === 0 || used.length === 0) throw isOver()
}

function confirmedFactors(db: Db, userId: string) {
  return db
    .selectFrom('second_factors')
    .select(['id', 'kind', 'secret', 'credential_id', 'counter'])
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .orderBy('id')
    .execute()
}

function isOver(): AppError {
  return new AppError('unauthenticated', 'This sign-in is over, or has been tried too often: sign in from the start.')
}
