import type { Action } from '@claviger/contract/api/console/actions.ts'
import type { Selectable } from 'kysely'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { findNode } from '../nodes/nodes.ts'
import { announce } from '../storage/changes.ts'
import type { Database, Db, EmailPolicy, MethodState, Millis, PausedBy, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'
import { issueToken } from './tokens.ts'

export type Method = Selectable<Database['provisioning_methods']>

// Writes nothing new, and so takes the row's lock on PostgreSQL; SQLite has one writer anyway.
const lockRow = prepare<{ id: string }>()((db, p) =>
  db
    .updateTable('provisioning_methods')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('id', '=', p.id)
    .returningAll(),
)

/** What the directory's administrator pastes into it: the base URL of a method. */
export function methodBaseUrl(publicUrl: string, nodeId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/scim/v2/${nodeId}`
}

/**
 * Adds a SCIM method to a node, as a draft with its first token. The directory's tests fail until saveMethod.
 * @param expiresAt when the token does; null: it does not
 * @returns the token too: it cannot be shown again
 * @throws AppError `not_found` for an unknown node, `conflict` where the node has a SCIM method.
 */
export async function addMethod(
  trx: Trx,
  nodeId: string,
  actor: string,
  at: Millis,
  expiresAt: Millis | null = null,
): Promise<{ method: Method; token: string }> {
  const node = await findNode(trx, nodeId)
  const method = await trx
    .insertInto('provisioning_methods')
    .values({
      id: newId(),
      enterprise_id: node.enterprise_id,
      node_id: node.id,
      kind: 'scim',
      state: 'draft',
      email_policy: 'warn',
      created_at: at,
      saved_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!method) throw new AppError('conflict', `node ${node.name} has a SCIM method already: a node has at most one`)
  await tellOfMethod(trx, method, 'method.added', actor, at)
  return { method, token: await issueToken(trx, method, actor, at, expiresAt) }
}

/** Saves a draft: from now on the directory's requests are answered. Saving again changes nothing. @throws AppError `not_found` */
export async function saveMethod(trx: Trx, methodId: string, actor: string, at: Millis): Promise<Method> {
  const method = await findMethod(trx, methodId)
  if (method.state !== 'draft') return method
  return moveTo(trx, method, { state: 'active', pausedBy: null }, 'method.saved', actor, at)
}

/**
 * Pauses a method (nothing of the directory is applied) or resumes it. Twice changes nothing.
 * @throws AppError `not_found`, `conflict` for a draft, and for resuming where something is held that wants a decision.
 */
export async function setPaused(trx: Trx, methodId: string, paused: boolean, actor: string, at: Millis): Promise<Method> {
  const method = await lockMethod(trx, methodId)
  if (method.state === 'draft') throw new AppError('conflict', `method ${methodId} is a draft: save it first`)
  if ((method.state === 'paused') === paused) return method
  if (!paused) await refuseWhereHeld(trx, methodId)
  const wanted = paused ? ({ state: 'paused', pausedBy: 'administrator' } as const) : ({ state: 'active', pausedBy: null } as const)
  return moveTo(trx, method, wanted, paused ? 'method.paused' : 'method.resumed', actor, at)
}

async function refuseWhereHeld(trx: Trx, methodId: string): Promise<void> {
  const held = await trx
    .selectFrom('held_requests')
    .select('id')
    .where('method_id', '=', methodId)
    .where('state', 'in', ['held', 'approved'])
    .limit(1)
    .executeTakeFirst()
  if (!held) return
  throw new AppError('conflict', 'Its limits have paused this method, and removals are held: apply or reject them, and it is active again.')
}

/** Sets what happens where the primary e-mail differs from userName (story 7). @throws AppError `not_found` */
export async function setEmailPolicy(trx: Trx, methodId: string, policy: EmailPolicy, actor: string, at: Millis): Promise<Method> {
  const method = await findMethod(trx, methodId)
  await trx.updateTable('provisioning_methods').set({ email_policy: policy }).where('id', '=', method.id).execute()
  const changed = { ...method, email_policy: policy }
  await tellOfMethod(trx, changed, 'method.changed', actor, at)
  return changed
}

/** @throws AppError `not_found` */
export async function findMethod(db: Db, methodId: string): Promise<Method> {
  const method = await db.selectFrom('provisioning_methods').selectAll().where('id', '=', methodId).executeTakeFirst()
  return method ?? missing(methodId)
}

/** The method, held against other writers until the transaction ends. @throws AppError `not_found` */
export async function lockMethod(trx: Trx, methodId: string): Promise<Method> {
  const { rows } = await lockRow(trx, { id: methodId })
  return rows[0] ?? missing(methodId)
}

function missing(methodId: string): never {
  throw new AppError('not_found', `no provisioning method ${methodId}`)
}

/** Gives a method another state, and tells the audit log and the screens. `detail`: what the audit log is to know besides. */
export async function moveTo(
  trx: Trx,
  method: Method,
  wanted: { state: MethodState; pausedBy: PausedBy | null },
  action: Action,
  actor: string,
  at: Millis,
  detail: Record<string, unknown> = {},
): Promise<Method> {
  const row = {
    state: wanted.state,
    paused_by: wanted.pausedBy,
    paused_at: wanted.pausedBy === null ? null : at,
    saved_at: method.saved_at ?? at,
  }
  await trx.updateTable('provisioning_methods').set(row).where('id', '=', method.id).execute()
  const changed = { ...method, ...row }
  await tellOfMethod(trx, changed, action, actor, at, detail)
  return changed
}

/** What was done to a method, for the audit log and the screens. */
export async function tellOfMethod(
  trx: Trx,
  method: Method,
  action: Action,
  actor: string,
  at: Millis,
  more: Record<string, unknown> = {},
): Promise<void> {
  const detail = { node: method.node_id, state: method.state, emailPolicy: method.email_policy, ...more }
  const { enterprise_id: enterpriseId, node_id: nodeId } = method
  await record(trx, { enterpriseId, nodeId, at, actor, action, subjectKind: 'method', subjectId: method.id, detail })
  await announce(trx, { enterpriseId: method.enterprise_id, kind: 'method', subjectId: method.id, at })
}
