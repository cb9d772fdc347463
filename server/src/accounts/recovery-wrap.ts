import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import type { Db, Trx } from '../storage/database.ts'
import { keepWrap } from './wraps.ts'

type RecoveryKeyWrap = Extract<UserRootWrap, { way: 'recovery-key' }>

/** A wrap for the recovery key that the log wanted when it had so many entries. Minted only by `checkRecoveryWrap`. */
export interface WantedWrap {
  readonly wrap: RecoveryKeyWrap
  readonly logLength: number
}

/**
 * Refuses a wrap for the recovery key where the policy is off, or for another epoch than the newest.
 * @throws AppError `invalid_value`
 */
export function requireWanted(state: LogState, { epoch }: RecoveryKeyWrap): void {
  if (!state.policy.recovery) {
    throw new AppError('invalid_value', 'This enterprise does not recover by its administrators: no root is kept for the recovery key.')
  }
  if (epoch === state.recoveryKeys.length && !state.recoveryKeyDue) return
  throw new AppError('invalid_value', `Epoch ${epoch} is not the recovery key that roots are kept for now: read the log on.`)
}

/** Checks a wrap against the log before the transaction that keeps it. @throws AppError `invalid_value` */
export async function checkRecoveryWrap(db: Db, enterpriseId: string, wrap: RecoveryKeyWrap): Promise<WantedWrap> {
  const state = await currentLog(db, enterpriseId)
  if (state === null) throw new AppError('invalid_value', 'This enterprise is not set up yet.')
  requireWanted(state, wrap)
  return { wrap, logLength: state.length }
}

/**
 * Keeps a user's root for the recovery key. Writing to the enterprise's row makes this and the policy's end wait for each
 * other, so that no wrap comes after it. @throws AppError `conflict` where the log has grown since
 */
export async function keepRecoveryWrap(
  trx: Trx,
  { userId, enterpriseId }: { userId: string; enterpriseId: string },
  { wrap, logLength }: WantedWrap,
): Promise<void> {
  await holdPolicy(trx, enterpriseId)
  const last = await trx
    .selectFrom('enterprise_log')
    .select((eb) => eb.fn.max('sequence').as('sequence'))
    .where('enterprise_id', '=', enterpriseId)
    .executeTakeFirstOrThrow()
  if (last.sequence !== logLength - 1) throw new AppError('conflict', 'The enterprise log has grown meanwhile: read it on, then try again.')
  await keepWrap(trx, userId, wrap)
}

/** Removes every wrap for the recovery key: the policy that wanted them ended. In the transaction of the statement that ends it. */
export async function dropRecoveryWraps(trx: Trx, enterpriseId: string): Promise<void> {
  await holdPolicy(trx, enterpriseId)
  await trx
    .deleteFrom('root_wraps')
    .where('way', '=', 'recovery-key')
    .where('user_id', 'in', (eb) => eb.selectFrom('users').select('id').where('enterprise_id', '=', enterpriseId))
    .execute()
}

async function holdPolicy(trx: Trx, enterpriseId: string) {
  await trx
    .updateTable('enterprises')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', enterpriseId)
    .execute()
}
