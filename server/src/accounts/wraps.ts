import { UserRootWrap } from '@claviger/contract/envelopes.ts'
import type { Db, Trx } from '../storage/database.ts'

/** Keeps a wrap of a user's root, in place of the one before of the same way, device or passkey. */
export async function keepWrap(trx: Trx, userId: string, wrap: UserRootWrap): Promise<void> {
  await trx
    .insertInto('root_wraps')
    .values({ user_id: userId, way: wrap.way, holder: holderOf(wrap), epoch: epochOf(wrap), wrap: JSON.stringify(wrap) })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'way', 'holder'])
        .doUpdateSet((eb) => ({ epoch: eb.ref('excluded.epoch'), wrap: eb.ref('excluded.wrap') })),
    )
    .execute()
}

/** Every wrap of a user's root, by way and holder. */
export async function wrapsOf(db: Db, userId: string): Promise<UserRootWrap[]> {
  const rows = await db.selectFrom('root_wraps').select('wrap').where('user_id', '=', userId).orderBy('way').orderBy('holder').execute()
  return rows.map(({ wrap }) => UserRootWrap.parse(JSON.parse(wrap)))
}

/** The device or passkey that a wrap is for; '' for the ways of which there is one. */
function holderOf(wrap: UserRootWrap): string {
  if (wrap.way === 'device') return wrap.deviceId
  return wrap.way === 'passkey' ? wrap.passkeyId : ''
}

/** A device's keys never change, so its wrap has no epoch of its own. */
function epochOf(wrap: UserRootWrap): number {
  return wrap.way === 'device' ? 1 : wrap.epoch
}
