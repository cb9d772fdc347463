import { AppError } from '../errors.ts'
import type { Db, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'
import type { User } from './user.ts'

const findAdministrator = prepare<{ userId: string }>()((db, p) =>
  db.selectFrom('administrators').select('user_id').where('user_id', '=', p.userId),
)

/** Whether the user administers a node. */
export async function isAdministrator(db: Db, userId: string): Promise<boolean> {
  return (await findAdministrator(db, { userId })).rows.length > 0
}

/**
 * Refuses what would leave the enterprise without an administrator who can sign in.
 * @throws AppError `forbidden`
 */
export async function guardLastAdministrator(trx: Trx, user: User, act: 'lock' | 'delete'): Promise<void> {
  if (!(await isAdministrator(trx, user.id))) return
  // Writing to every administrator's row makes two such acts wait for each other: together they could lock out both.
  await trx
    .updateTable('administrators')
    .set((eb) => ({ role: eb.ref('role') }))
    .where('user_id', 'in', (eb) => eb.selectFrom('users').select('id').where('enterprise_id', '=', user.enterprise_id))
    .execute()
  const another = await trx
    .selectFrom('administrators')
    .innerJoin('users', 'users.id', 'administrators.user_id')
    .select('users.id')
    .where('users.enterprise_id', '=', user.enterprise_id)
    .where('users.id', '!=', user.id)
    .where('users.status', '!=', 'locked')
    .where('users.deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (another) return
  throw new AppError(
    'forbidden',
    `${user.email} is the last administrator of the enterprise who is not locked: a directory cannot ${act} that account. ` +
      'Make somebody else an administrator first.',
  )
}
