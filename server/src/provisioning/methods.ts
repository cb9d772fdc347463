import type { Action } from '@claviger/contract/api/console/actions.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { findNode } from '../nodes/nodes.ts'
import { announce } from '../storage/changes.ts'
import type { Database, Db, EmailPolicy, MethodState, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { issueToken } from './tokens.ts'

export type Method = Database['provisioning_methods']

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
  const method: Method = {
    id: newId(),
    enterprise_id: node.enterprise_id,
    node_id: node.id,
    kind: 'scim',
    state: 'draft',
    email_policy: 'warn',
    created_at: at,
    saved_at: null,
  }
  const inserted = await trx
    .insertInto('provisioning_methods')
    .values(method)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) throw new AppError('conflict', `node ${node.name} has a SCIM method already: a node has at most one`)
  await tell(trx, method, 'method.added', actor, at)
  return { method, token: await issueToken(trx, method, actor, at, expiresAt) }
}

/** Saves a draft: from now on the directory's requests are answered. Saving again changes nothing. @throws AppError `not_found` */
export async function saveMethod(trx: Trx, methodId: string, actor: string, at: Millis): Promise<Method> {
  const method = await findMethod(trx, methodId)
  if (method.state !== 'draft') return method
  return moveTo(trx, method, 'active', 'method.saved', actor, at)
}

/**
 * Pauses a method (nothing of the directory is applied) or resumes it. Twice changes nothing.
 * @throws AppError `not_found`, `conflict` for a draft.
 */
export async function setPaused(trx: Trx, methodId: string, paused: boolean, actor: string, at: Millis): Promise<Method> {
  const method = await findMethod(trx, methodId)
  if (method.state === 'draft') throw new AppError('conflict', `method ${methodId} is a draft: save it first`)
  if ((method.state === 'paused') === paused) return method
  return moveTo(trx, method, paused ? 'paused' : 'active', paused ? 'method.paused' : 'method.resumed', actor, at)
}

/** Sets what happens where the primary e-mail differs from userName (story 7). @throws AppError `not_found` */
export async function setEmailPolicy(trx: Trx, methodId: string, policy: EmailPolicy, actor: string, at: Millis): Promise<Method> {
  const method = await findMethod(trx, methodId)
  await trx.updateTable('provisioning_methods').set({ email_policy: policy }).where('id', '=', method.id).execute()
  const changed = { ...method, email_policy: policy }
  await tell(trx, changed, 'method.changed', actor, at)
  return changed
}

/** @throws AppError `not_found` */
export async function findMethod(db: Db, methodId: string): Promise<Method> {
  const method = await db.selectFrom('provisioning_methods').selectAll().where('id', '=', methodId).executeTakeFirst()
  if (!method) throw new AppError('not_found', `no provisioning method ${methodId}`)
  return method
}

async function moveTo(trx: Trx, method: Method, state: MethodState, action: Action, actor: string, at: Millis): Promise<Method> {
  const changed = { ...method, state, saved_at: method.saved_at ?? at }
  await trx.updateTable('provisioning_methods').set({ state, saved_at: changed.saved_at }).where('id', '=', method.id).execute()
  await tell(trx, changed, action, actor, at)
  return changed
}

async function tell(trx: Trx, method: Method, action: Action, actor: string, at: Millis) {
  const detail = { node: method.node_id, state: method.state, emailPolicy: method.email_policy }
  const { enterprise_id: enterpriseId, node_id: nodeId } = method
  await record(trx, { enterpriseId, nodeId, at, actor, action, subjectKind: 'method', subjectId: method.id, detail })
  await announce(trx, { enterpriseId: method.enterprise_id, kind: 'method', subjectId: method.id, at })
}
