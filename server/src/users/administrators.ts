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
 * Refuses what would leave the enterprise without a full administrator at its root who can sign in. Once the user has
 * registered, the other one must have too: only who is in the enterprise log can name others there.
 * @param user held by lockUserRow
 * @throws AppError `forbidden`
 */
export async function guardLastAdministrator(trx: Trx, user: User, act: 'lock' | 'delete' | 'dismiss' | 'demote'): Promise<void> {
  if (!(await isAdministrator(trx, user.id))) return
  // Writing to every administrator's row makes two such acts wait for each other: together they could lock out both.
  await trx
    .updateTable('administrators')
    .set((eb) => ({ role: eb.ref('role') }))
    .where('user_id', 'in', (eb) => eb.selectFrom('users').select('id').where('enterprise_id', '=', user.enterprise_id))
    .execute()
  const full = await trx
    .selectFrom('administrators')
    .innerJoin('users', 'users.id', 'administrators.user_id')
    .innerJoin('nodes', 'nodes.id', 'administrators.node_id')
    .select(['users.id', 'users.status'])
    .where('nodes.enterprise_id', '=', user.enterprise_id)
    .where('nodes.parent_id', 'is', null)
    .where('administrators.role', '=', 'full')
    .where('users.status', '!=', 'locked')
    .where('users.deleted_at', 'is', null)
    .execute()
  const others = full.filter(({ id, status }) => id !== user.id && (status === 'active' || user.status !== 'active'))
  if (others.length > 0 || !full.some(({ id }) => id === user.id)) return
  throw new AppError(
    'forbidden',
    `${user.email} is the last administrator of the whole enterprise who is not locked: nobody, and no directory, can ${act} that account. ` +
      'Make somebody else a full administrator of the root node first.',
  )
}
