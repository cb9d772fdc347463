import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { AutomatorId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AutomatorScope } from '@claviger/contract/log/statement.ts'
import { record } from '../audit/record.ts'
import { appendVerified, type VerifiedAppend } from '../enterprise-log/append.ts'
import { keepHeldKeys } from '../enterprise-log/held-keys.ts'
import { AppError } from '../errors.ts'
import { hashToken, newToken } from '../sessions/sessions.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'

/** When an automator was last seen is worth a write this often. */
const SEEN_EVERY: Millis = 60_000

/** The automator whose token this is; undefined where there is none, or it was removed. */
export async function findAutomator(
  db: Db,
  token: string,
): Promise<{ automatorId: string; enterpriseId: string; seenAt: Millis } | undefined> {
  const row = await db
    .selectFrom('automators')
    .select(['id', 'enterprise_id', 'seen_at'])
    .where('token_hash', '=', hashToken(token))
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return row && { automatorId: row.id, enterpriseId: row.enterprise_id, seenAt: row.seen_at ?? 0 }
}

/** Whether it should be noted now that an automator is there. */
export function isSeenDue({ seenAt }: { seenAt: Millis }, at: Millis): boolean {
  return at - seenAt >= SEEN_EVERY
}

/** Notes that an automator is there: who can end a wait is shown with it. */
export async function recordSeen(trx: Trx, automatorId: string, at: Millis): Promise<void> {
  await trx.updateTable('automators').set({ seen_at: at }).where('id', '=', automatorId).execute()
}

/**
 * Enrols the automator that the entry of the log names.
 * @returns its token, which is stored as a hash
 * @throws AppError `invalid_value` where the entry enrols another, or for a node that is not there; `uniqueness` where one
 * is called so; `conflict` where the log has grown
 */
export async function enrol(
  trx: Trx,
  append: VerifiedAppend,
  wanted: { automatorId: AutomatorId; name: string; heldKeys: readonly HeldKeyWrap[] },
  actor: string,
  at: Millis,
): Promise<string> {
  const [body] = append.bodies
  if (body?.kind !== 'automator-enrolled' || body.automatorId !== wanted.automatorId) {
    throw new AppError('invalid_value', 'The entry of the log does not enrol this automator.')
  }
  if (wanted.heldKeys.some(({ holderId }) => holderId !== wanted.automatorId)) {
    throw new AppError('invalid_value', 'An automator is enrolled with keys for itself alone.')
  }
  const { enterpriseId } = append
  const token = newToken('ca_')
  await appendVerified(trx, append, actor, at)
  // Of two who enrol at once one has appended, and the other is refused there: nobody comes between this look and the insert.
  await requireFreeName(trx, enterpriseId, wanted.name)
  await requireNodes(trx, enterpriseId, body.scope.nodes ?? [])
  await keepHeldKeys(trx, append.state, enterpriseId, wanted.heldKeys)
  await trx
    .insertInto('automators')
    .values({
      id: wanted.automatorId,
      enterprise_id: enterpriseId,
      name: wanted.name,
      token_hash: hashToken(token),
      created_at: at,
      seen_at: null,
      removed_at: null,
    })
    .execute()
  const { automatorId: subjectId } = wanted
  await record(trx, {
    enterpriseId,
    at,
    actor,
    action: 'automator.enrolled',
    subjectKind: 'automator',
    subjectId,
    detail: { scope: body.scope },
  })
  await announce(trx, { enterpriseId, kind: 'automator', subjectId, at })
  return token
}

async function requireFreeName(trx: Trx, enterpriseId: string, name: string) {
  const taken = await trx
    .selectFrom('automators')
    .select('id')
    .where('enterprise_id', '=', enterpriseId)
    .where('name', '=', name)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  if (taken) throw new AppError('uniqueness', `There is an automator ${name} already: choose another name, or remove that one first.`)
}

async function requireNodes(trx: Trx, enterpriseId: string, nodeIds: readonly string[]) {
  if (nodeIds.length === 0) return
  const rows = await trx.selectFrom('nodes').select('id').where('enterprise_id', '=', enterpriseId).where('id', 'in', nodeIds).execute()
  const known = new Set(rows.map(({ id }) => id))
  const unknown = nodeIds.find((id) => !known.has(id))
  if (unknown !== undefined) throw new AppError('invalid_value', `There is no node ${unknown}.`)
}

/** Ends an automator with the entry of the log that removes it. @throws AppError `invalid_value`, `not_found`, `conflict` */
export async function remove(trx: Trx, append: VerifiedAppend, automatorId: AutomatorId, actor: string, at: Millis): Promise<void> {
  const [body] = append.bodies
  if (body?.kind !== 'automator-removed' || body.automatorId !== automatorId) {
    throw new AppError('invalid_value', 'The entry of the log does not remove this automator.')
  }
  const { enterpriseId } = append
  const removed = await trx
    .updateTable('automators')
    .set({ removed_at: at })
    .where('id', '=', automatorId)
    .where('enterprise_id', '=', enterpriseId)
    .where('removed_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!removed) throw new AppError('not_found', 'There is no such automator, or it was removed already.')
  await appendVerified(trx, append, actor, at)
  await trx.deleteFrom('held_keys').where('enterprise_id', '=', enterpriseId).where('holder_id', '=', automatorId).execute()
  await record(trx, { enterpriseId, at, actor, action: 'automator.removed', subjectKind: 'automator', subjectId: automatorId })
  await announce(trx, { enterpriseId, kind: 'automator', subjectId: automatorId, at })
}

/** An automator as administrators see it. `scope` null: the log does not have it. */
export interface ListedAutomator {
  automatorId: string
  name: string
  createdAt: Millis
  seenAt: Millis | null
  scope: AutomatorScope | null
}

/** The automators of an enterprise, in the order in which they were enrolled, with what the log lets each do. */
export async function listEnrolled(db: Db, enterpriseId: string, log: LogState | null): Promise<ListedAutomator[]> {
  const rows = await db
    .selectFrom('automators')
    .select(['id', 'name', 'created_at', 'seen_at'])
    .where('enterprise_id', '=', enterpriseId)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute()
  const scopes = new Map<string, AutomatorScope>([...(log?.automators ?? [])].map(([id, { scope }]) => [id, scope]))
  return rows.map((row) => ({
    automatorId: row.id,
    name: row.name,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    scope: scopes.get(row.id) ?? null,
  }))
}
