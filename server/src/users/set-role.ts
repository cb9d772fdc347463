import { type AdministratorRole, logRightsOf } from '@claviger/contract/api/administration.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AdministratorRight, StatementBody } from '@claviger/contract/log/statement.ts'
import { record } from '../audit/record.ts'
import { appendVerified, type VerifiedAppend } from '../enterprise-log/append.ts'
import { keepHeldKeys } from '../enterprise-log/held-keys.ts'
import { AppError } from '../errors.ts'
import { type Asking, requireRight, requireRightOver } from '../nodes/rights.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { guardLastAdministrator } from './administrators.ts'
import type { User } from './user.ts'

/** A role of a user in a node; null: none. */
export interface WantedRole {
  userId: string
  nodeId: string
  role: AdministratorRole | null
  heldKeys: readonly HeldKeyWrap[]
}

/** What the log says: with the entries that come with the act, or as it was read before the transaction. */
export type LogOfAct = { append: VerifiedAppend; state: LogState } | { append: null; state: LogState }

/**
 * Gives a user a role in a node, changes it, or takes it away, with the entries of the log that say the same: table and log
 * agree after every commit. Keys that the user may not hold any more are withheld at once; that they wait for a new epoch,
 * the log says.
 * @throws AppError `forbidden` without the right in that node, or for the last administrator; `not_found`; `invalid_value`
 * where the entries do not fit the roles; `conflict` where the log has grown
 */
export async function setRole(trx: Trx, caller: Asking & { actor: string }, wanted: WantedRole, log: LogOfAct, at: Millis): Promise<void> {
  const { userId, nodeId, role } = wanted
  requireOwnWraps(wanted, log)
  await requireRight(trx, caller, nodeId, 'manage')
  const user = await lockUserOfEnterprise(trx, caller.enterpriseId, userId)
  if (role !== null) await requireAppointable(trx, caller, user)
  const before = await rolesWithPlace(trx, userId)
  const held = before.find((each) => each.nodeId === nodeId)
  if (held?.isRoot && held.role === 'full' && role !== 'full') await guardLastAdministrator(trx, user, role === null ? 'dismiss' : 'demote')
  await writeRole(trx, { userId, nodeId, role }, at)
  const rights = logRightsOf(await rolesWithPlace(trx, userId))
  requireAgreement(log.state, user, rights)
  if (log.append === null) await requireUnchangedLog(trx, caller.enterpriseId, log.state)
  else await appendVerified(trx, log.append, caller.actor, at)
  await withholdKeys(trx, userId, rights)
  await keepHeldKeys(trx, log.state, caller.enterpriseId, wanted.heldKeys)
  const action = role === null ? 'user.dismissed' : held === undefined ? 'user.appointed' : 'user.role-changed'
  const { enterpriseId, actor } = caller
  const detail = { nodeId, from: held?.role ?? null, to: role }
  await record(trx, { enterpriseId, at, actor, action, subjectKind: 'user', subjectId: userId, detail })
  await announce(trx, { enterpriseId, kind: 'user', subjectId: userId, at })
}

/** Refuses entries about anything but this user as an administrator. @throws AppError `invalid_value` */
export function requireEntriesOnRole(userId: string, bodies: readonly StatementBody[]): void {
  for (const body of bodies) {
    const fits = (body.kind === 'administrator-added' || body.kind === 'administrator-removed') && body.userId === userId
    if (!fits)
      throw new AppError('invalid_value', `A statement of the kind ${body.kind} on anybody else is no part of a change of this role.`)
  }
}

/** Wraps come with the statement that makes somebody a holder, for them alone: nobody overwrites those of others. */
function requireOwnWraps({ userId, heldKeys }: WantedRole, { append }: LogOfAct): void {
  const isAdded = append?.bodies.some(({ kind }) => kind === 'administrator-added') === true
  if (heldKeys.length === 0 || (isAdded && heldKeys.every(({ holderId }) => holderId === userId))) return
  throw new AppError('invalid_value', 'Keys are given with the statement that adds their holder as an administrator, and to nobody else.')
}

/** The user, held, deleted or not: who was deleted can still be dismissed. */
async function lockUserOfEnterprise(trx: Trx, enterpriseId: string, userId: string): Promise<User> {
  const user = await trx
    .updateTable('users')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('id', '=', userId)
    .where('enterprise_id', '=', enterpriseId)
    .returningAll()
    .executeTakeFirst()
  if (user === undefined) throw new AppError('not_found', `There is no user ${userId} in this enterprise.`)
  return user
}

async function requireAppointable(trx: Trx, caller: Asking, user: User): Promise<void> {
  await requireRightOver(trx, caller, { kind: 'user', id: user.id }, 'read')
  if (user.deleted_at !== null) throw new AppError('not_found', `${user.email} was deleted: restore the account first.`)
  if (user.status === 'locked') throw new AppError('conflict', `${user.email} is locked: unlock the account first.`)
}

/** The roles of a user, with whether each is on the root node. */
export async function rolesWithPlace(db: Db, userId: string): Promise<{ nodeId: string; isRoot: boolean; role: AdministratorRole }[]> {
  const rows = await db
    .selectFrom('administrators')
    .innerJoin('nodes', 'nodes.id', 'administrators.node_id')
    .select(['nodes.id as nodeId', 'nodes.parent_id', 'administrators.role'])
    .where('administrators.user_id', '=', userId)
    .orderBy('nodes.id')
    .execute()
  return rows.map(({ parent_id: parent, ...row }) => ({ ...row, isRoot: parent === null }))
}

async function writeRole(trx: Trx, { userId, nodeId, role }: Omit<WantedRole, 'heldKeys'>, at: Millis): Promise<void> {
  if (role !== null) {
    await trx
      .insertInto('administrators')
      .values({ user_id: userId, node_id: nodeId, role, created_at: at })
      .onConflict((conflict) => conflict.columns(['user_id', 'node_id']).doUpdateSet({ role }))
      .execute()
    return
  }
  const gone = await trx
    .deleteFrom('administrators')
    .where('user_id', '=', userId)
    .where('node_id', '=', nodeId)
    .returning('user_id')
    .execute()
  if (gone.length === 0) throw new AppError('not_found', 'This user has no role in this node: somebody may have taken it away already.')
}

function requireAgreement(state: LogState, user: User, rights: readonly AdministratorRight[]): void {
  const stated = [...state.administrators].find(([id]) => id === user.id)?.[1] ?? []
  if (stated.length === rights.length && rights.every((right) => stated.includes(right))) return
  const words = (some: readonly AdministratorRight[]) => (some.length === 0 ? 'none' : some.join(', '))
  throw new AppError(
    'invalid_value',
    `With these roles ${user.email} needs the rights "${words(rights)}" in the enterprise log, and the log says "${words(stated)}": ` +
      'a full administrator of the root node states the difference with the change.',
  )
}

/** Between the reading of the log and this transaction somebody may have changed the same user's rights. */
async function requireUnchangedLog(trx: Trx, enterpriseId: string, { length }: LogState): Promise<void> {
  const next = await trx
    .selectFrom('enterprise_log')
    .select('sequence')
    .where('enterprise_id', '=', enterpriseId)
    .where('sequence', '>=', length)
    .limit(1)
    .executeTakeFirst()
  if (next !== undefined) throw new AppError('conflict', 'The enterprise log has grown meanwhile: try again.')
}

async function withholdKeys(trx: Trx, userId: string, rights: readonly AdministratorRight[]): Promise<void> {
  const kinds = [
    ...(rights.length === 0 ? (['approver-key'] as const) : []),
    ...(rights.includes('recovery') ? [] : (['recovery-key'] as const)),
  ]
  if (kinds.length > 0) await trx.deleteFrom('held_keys').where('holder_id', '=', userId).where('kind', 'in', kinds).execute()
}
