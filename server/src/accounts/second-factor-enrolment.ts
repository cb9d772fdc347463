import type { Action } from '@claviger/contract/api/console/actions.ts'
import type { PasskeyAttestation, PasskeyOptions, SecondFactorKind } from '@claviger/contract/api/second-factors.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { notify } from '../notices/notify.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { isUniqueViolation } from '../storage/violation.ts'
import { write } from '../storage/write.ts'
import { creationOptions, verifyAttestation } from './passkey.ts'
import { newTotp, stepOfCode } from './totp.ts'

/** What was begun is confirmed within this, or begun anew. */
const ENROLMENT_MILLIS: Millis = 10 * 60 * 1000
const MOST_FACTORS = 10

/** Whose second factor. */
export interface FactorOwner {
  readonly userId: string
  readonly enterpriseId: string
  readonly email: string
}

/** Begins to set up an authenticator app. @throws AppError `too_many` */
export async function beginTotp(db: Db, publicUrl: string, owner: FactorOwner, name: string, at: Millis) {
  const { secret, uri } = newTotp(`Claviger (${new URL(publicUrl).host})`, owner.email)
  const factorId = await begin(db, owner, { kind: 'totp', name, secret }, at)
  return { factorId, secret, uri }
}

/** Begins to set up a passkey. Until it is confirmed its row keeps the challenge. @throws AppError `too_many` */
export async function beginPasskey(
  db: Db,
  publicUrl: string,
  owner: FactorOwner,
  name: string,
  at: Millis,
): Promise<{ factorId: string; options: PasskeyOptions }> {
  const known = await secondFactorsOf(db, owner.userId)
  const exclude = known.flatMap(({ credentialId }) => credentialId ?? [])
  const options = await creationOptions(publicUrl, { userId: owner.userId, email: owner.email, exclude })
  const factorId = await begin(db, owner, { kind: 'passkey', name, secret: options.challenge }, at)
  return { factorId, options }
}

/** What was verified of a factor that is being set up: what its row keeps from then on. */
export interface ConfirmedFactor {
  readonly factorId: string
  readonly kind: SecondFactorKind
  readonly name: string
  readonly secret: string
  readonly credentialId: string | null
  readonly counter: number
}

/**
 * Checks the first code of an app, or what the browser made as a passkey, before the transaction that confirms it.
 * @throws AppError `not_found` where nothing was begun, or too long ago; `invalid_value` where it is not right
 */
export async function checkEnrolment(
  db: Db,
  publicUrl: string,
  { userId }: FactorOwner,
  factorId: string,
  { totp, passkey }: { totp?: string | undefined; passkey?: PasskeyAttestation | undefined },
  at: Millis,
): Promise<ConfirmedFactor> {
  const row = await db
    .selectFrom('second_factors')
    .select(['kind', 'name', 'secret'])
    .where('id', '=', factorId)
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .where('created_at', '>', at - ENROLMENT_MILLIS)
    .executeTakeFirst()
  if (!row) throw notBegun()
  const { kind, name, secret } = row
  if (kind === 'totp') {
    const counter = totp === undefined ? null : stepOfCode(secret, totp, at)
    if (counter === null)
      throw new AppError('invalid_value', 'This is not the code of now: check the clock of the phone, and type the next one.')
    return { factorId, kind, name, secret, credentialId: null, counter }
  }
  const made = passkey === undefined ? null : await verifyAttestation(publicUrl, secret, passkey)
  if (made === null) throw new AppError('invalid_value', 'This passkey was not made for this server and this moment: begin again.')
  return { factorId, kind, name, secret: made.publicKey, credentialId: made.credentialId, counter: made.counter }
}

/** Confirms a factor: from now on sign-ins ask for it. @throws AppError `not_found`, `uniqueness` for a passkey that is known */
export async function confirmFactor(trx: Trx, owner: FactorOwner, factor: ConfirmedFactor, at: Millis): Promise<void> {
  const { factorId, kind, name, secret, credentialId, counter } = factor
  const confirmed = await trx
    .updateTable('second_factors')
    .set({ secret, credential_id: credentialId, counter, confirmed_at: at })
    .where('id', '=', factorId)
    .where('user_id', '=', owner.userId)
    .where('confirmed_at', 'is', null)
    .returning('id')
    .execute()
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new AppError('uniqueness', 'This passkey is set up already.', { cause: error }) : error
    })
  if (confirmed.length === 0) throw notBegun()
  await tell(trx, owner, { action: 'second-factor.added', kind, change: `added: ${name} (${wordOf(kind)})` }, at)
}

/** Takes a second factor away. @throws AppError `not_found` */
export async function removeFactor(trx: Trx, owner: FactorOwner, factorId: string, at: Millis): Promise<void> {
  const [removed] = await trx
    .deleteFrom('second_factors')
    .where('id', '=', factorId)
    .where('user_id', '=', owner.userId)
    .where('confirmed_at', 'is not', null)
    .returning(['kind', 'name'])
    .execute()
  if (!removed) throw new AppError('not_found', 'This second factor is not one of yours, or was removed already.')
  const { kind, name } = removed
  await tell(trx, owner, { action: 'second-factor.removed', kind, change: `removed: ${name} (${wordOf(kind)})` }, at)
}

/** The second factors that a user set up, oldest first. */
export async function secondFactorsOf(db: Db, userId: string) {
  const rows = await db
    .selectFrom('second_factors')
    .select(['id', 'kind', 'name', 'credential_id', 'created_at', 'used_at'])
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id, kind, name, credential_id, created_at, used_at }) => ({
    factorId: id,
    kind,
    name,
    credentialId: credential_id,
    createdAt: created_at,
    usedAt: used_at,
  }))
}

/** Removes at most `limit` factors that were begun before `before` and never confirmed. @returns how many */
export async function removeUnconfirmedFactors(trx: Trx, before: Millis, limit: number): Promise<number> {
  const removed = await trx
    .deleteFrom('second_factors')
    .where('id', 'in', (eb) =>
      eb.selectFrom('second_factors').select('id').where('confirmed_at', 'is', null).where('created_at', '<', before).limit(limit),
    )
    .returning('id')
    .execute()
  return removed.length
}

/** Of what a user begins, the last one counts: an earlier one of that kind which was not confirmed is gone. */
function begin(
  db: Db,
  { userId }: FactorOwner,
  { kind, name, secret }: { kind: SecondFactorKind; name: string; secret: string },
  at: Millis,
) {
  const id = newId()
  return write(db, async (trx) => {
    // Held, so that two who begin at once do not both count the same number.
    await trx
      .updateTable('accounts')
      .set((eb) => ({ updated_at: eb.ref('updated_at') }))
      .where('user_id', '=', userId)
      .execute()
    await trx
      .deleteFrom('second_factors')
      .where('user_id', '=', userId)
      .where('kind', '=', kind)
      .where('confirmed_at', 'is', null)
      .execute()
    if ((await secondFactorsOf(trx, userId)).length >= MOST_FACTORS) {
      throw new AppError('too_many', `A person has at most ${MOST_FACTORS} second factors: remove one that is not used.`)
    }
    await trx
      .insertInto('second_factors')
      .values({
        id,
        user_id: userId,
        kind,
        name,
        credential_id: null,
        secret,
        counter: 0,
        created_at: at,
        confirmed_at: null,
        used_at: null,
      })
      .execute()
    return id
  })
}

async function tell(
  trx: Trx,
  { userId, enterpriseId }: FactorOwner,
  { action, kind, change }: { action: Action; kind: SecondFactorKind; change: string },
  at: Millis,
) {
  await record(trx, { enterpriseId, at, actor: `user:${userId}`, action, subjectKind: 'user', subjectId: userId, detail: { kind } })
  await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
  await notify(trx, { userId, enterpriseId, kind: 'second-factor-changed', detail: { change } }, at)
}

function wordOf(kind: SecondFactorKind): string {
  return kind === 'totp' ? 'TOTP' : 'passkey'
}

function notBegun(): AppError {
  return new AppError('not_found', 'This second factor was not begun, or more than ten minutes ago: begin again.')
}
