import { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { AppError } from '../errors.ts'
import type { Db, Trx } from '../storage/database.ts'

/**
 * Keeps wraps of the approver key or recovery key for their holders. The log says who may hold which.
 * @throws AppError `invalid_value` for an epoch that the log does not have, or a holder whom it does not name
 */
export async function keepHeldKeys(trx: Trx, state: LogState, enterpriseId: string, wraps: readonly HeldKeyWrap[]): Promise<void> {
  for (const wrap of wraps) {
    requireEntitled(state, wrap)
    const { key: kind, epoch, holderId } = wrap
    await trx
      .insertInto('held_keys')
      .values({ enterprise_id: enterpriseId, kind, epoch, holder_id: holderId, wrap: JSON.stringify(wrap) })
      .onConflict((conflict) =>
        conflict.columns(['enterprise_id', 'kind', 'epoch', 'holder_id']).doUpdateSet((eb) => ({ wrap: eb.ref('excluded.wrap') })),
      )
      .execute()
  }
}

/** The wraps that this user or automator holds, in the order of epochs. */
export async function heldKeysOf(db: Db, enterpriseId: string, holderId: string): Promise<HeldKeyWrap[]> {
  const rows = await db
    .selectFrom('held_keys')
    .select('wrap')
    .where('enterprise_id', '=', enterpriseId)
    .where('holder_id', '=', holderId)
    .orderBy('kind')
    .orderBy('epoch')
    .execute()
  return rows.map(({ wrap }) => HeldKeyWrap.parse(JSON.parse(wrap)))
}

function requireEntitled(state: LogState, { key, epoch, holderId, holderKey }: HeldKeyWrap) {
  const published = key === 'approver-key' ? state.approverKeys : state.recoveryKeys
  if (epoch > published.length) throw new AppError('invalid_value', `The log has no ${key} of epoch ${epoch}.`)
  const people = [...state.certificates.values()].find(({ userId }) => userId === holderId)
  const rights = people && state.administrators.get(people.userId)
  const automator = [...state.automators].find(([id]) => id === holderId)?.[1]
  const entitled = key === 'recovery-key' ? rights?.includes('recovery') : rights !== undefined || automator !== undefined
  const identity = people?.identity ?? automator?.identity
  if (!entitled || identity?.encryptionKey !== holderKey) {
    throw new AppError('invalid_value', `The log does not make ${holderId} a holder of the ${key} with these keys.`)
  }
}
