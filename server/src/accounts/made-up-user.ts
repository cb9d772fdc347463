import { createHmac, randomInt } from 'node:crypto'
import { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { AppError } from '../errors.ts'
import type { Db, Millis } from '../storage/database.ts'
import { idOf } from '../storage/id.ts'
import { loadSecret, loadSecretText } from '../storage/secrets.ts'
import type { SignInSubject } from './opaque-server.ts'

/** An id tells when it was made. The ids that are made up share so many times, each chosen when it is first needed. */
const SLOTS = 256
const HOUR: Millis = 60 * 60 * 1000

/**
 * Whom a sign-in with an address that nobody has is answered for: always the same user id, which looks like one that was
 * made since the installation has been there. Who asks for many addresses learns of none whether it has an account.
 * @throws AppError `conflict` while no enterprise is set up
 */
export async function madeUpUser(db: Db, emailKey: string, at: Millis): Promise<SignInSubject> {
  const key = await loadSecret(db, 'made-up-users')
  const enterprises = await db
    .selectFrom('enterprises')
    .select(['log_id', 'created_at'])
    .where('log_id', 'is not', null)
    .orderBy('id')
    .execute()
  const [first] = enterprises
  if (!first) throw new AppError('conflict', 'This vault is not set up yet: its first administrator opens the set-up link first.')
  const digest = (use: string) => createHmac('sha256', key).update(`${use}\0${emailKey}`).digest()
  const slot = await timeOfSlot(db, digest('slot').readUInt32BE(0) % SLOTS, first.created_at, at)
  const earlier = digest('time').readUInt32BE(0) % (1 + Math.min(HOUR, slot - first.created_at))
  return {
    userId: UserId.parse(idOf(slot - earlier, digest('id').subarray(0, 16))),
    enterprise: EnterpriseLogId.parse(chooseStably(enterprises, (logId) => digest(`enterprise ${logId}`)).log_id),
    opaqueRecord: null,
  }
}

/** A time between these two, the same ever after. */
async function timeOfSlot(db: Db, slot: number, from: Millis, to: Millis): Promise<Millis> {
  const span = Math.max(1, Math.min(to - from, 2 ** 47))
  return Number(await loadSecretText(db, `made-up-users-time-${slot}`, () => String(from + randomInt(span))))
}

/** The enterprise of the largest digest: another one is chosen only where one comes that is larger still. */
function chooseStably<Row extends { log_id: string | null }>(rows: readonly Row[], digest: (logId: string) => Buffer): Row {
  return rows.reduce((best, row) => (Buffer.compare(digest(row.log_id ?? ''), digest(best.log_id ?? '')) > 0 ? row : best))
}
