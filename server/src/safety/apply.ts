import { AppError } from '../errors.ts'
import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import { logRequest } from '../provisioning/log.ts'
import { lockMethod, tellOfMethod } from '../provisioning/methods.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { write } from '../storage/write.ts'
import { type Decided, type Decision, settle } from './decide.ts'
import { type HeldRequest, heldTotals, OPEN_STATES } from './held.ts'
import { forgetTaken } from './limits.ts'

/** What the operation of a held request did, in the words of the provisioning log. */
export interface Replayed {
  status: number
  operation: string
  summary: string
  advice: string | null
}

/** Runs the SCIM operation that a held request asked for, as if it came now and no limit held. @throws AppError where it is refused */
export type Replay = (trx: Trx, held: HeldRequest, scope: Scope) => Promise<Replayed>

/** Held requests that are read at once. */
const AT_ONCE = 100

/**
 * Applies what is held of a method, in its order: everything up to `upTo`, which is what the approver has seen, or one. Each is
 * a transaction of its own, claimed in it, so that whatever dies in the middle can be called again and repeats nothing. Once
 * nothing waits, the method is active.
 * @param until it stops after this time, with what is left in the answer
 * @throws AppError `not_found`, `conflict` where nothing is held, or not that
 */
export async function applyHeld(db: Db, replay: Replay, decision: Decision, until: Millis): Promise<Decided> {
  await write(db, (trx) => approve(trx, decision))
  let applied = 0
  let failed = 0
  for (;;) {
    const batch = await approvedOf(db, decision)
    for (const { id } of batch) {
      if (Date.now() > until) return { applied, failed, ...(await leftOf(db, decision)) }
      const outcome = await applyOne(db, replay, id, decision)
      if (outcome === 'applied') applied++
      if (outcome === 'failed') failed++
    }
    if (batch.length < AT_ONCE) break
  }
  await write(db, (trx) => settle(trx, decision, { applied, failed }))
  return { applied, failed, ...(await leftOf(db, decision)) }
}

/** The approver's word, which outlives this process. Said about everything, it also begins the window anew. */
async function approve(trx: Trx, { methodId, upTo, only, actor, at }: Decision): Promise<void> {
  const method = await lockMethod(trx, methodId)
  const approved = await trx
    .updateTable('held_requests')
    .set({ state: 'approved', decided_at: at, decided_by: actor })
    .where('method_id', '=', methodId)
    .where('state', '=', 'held')
    .$if(upTo !== undefined, (query) => query.where('id', '<=', upTo ?? ''))
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .returning('people')
    .execute()
  if (only === undefined) await forgetTaken(trx, methodId)
  if (approved.length === 0) return requireOpen(trx, methodId, only)
  await tellOfMethod(trx, method, 'method.removals-approved', actor, at, { requests: approved.length })
}

/** Nothing new was approved: then something that was must be left, or there is nothing to decide. */
async function requireOpen(trx: Trx, methodId: string, only: string | undefined): Promise<void> {
  const open = await trx
    .selectFrom('held_requests')
    .select('id')
    .where('method_id', '=', methodId)
    .where('state', 'in', OPEN_STATES)
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .limit(1)
    .executeTakeFirst()
  if (only !== undefined && !open)
    throw new AppError('conflict', 'This is held no more: it was decided, or the directory wants it no more.')
}

function approvedOf(db: Db, { methodId, only }: Decision): Promise<{ id: string }[]> {
  return db
    .selectFrom('held_requests')
    .select('id')
    .where('method_id', '=', methodId)
    .where('state', '=', 'approved')
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .orderBy('id')
    .limit(AT_ONCE)
    .execute()
}

async function applyOne(db: Db, replay: Replay, id: string, { actor, at }: Decision): Promise<'applied' | 'failed' | 'gone'> {
  try {
    return await write(db, async (trx) => {
      const held = await finish(trx, id, 'applied')
      if (held === undefined) return 'gone'
      const scope = { nodeId: held.node_id as ProvenNodeId, enterpriseId: held.enterprise_id, actor: held.decided_by ?? actor, at }
      const done = await replay(trx, held, scope)
      await conclude(trx, held, done, at)
      return 'applied'
    })
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error
    return write(db, async (trx) => {
      const held = await finish(trx, id, 'failed')
      if (held === undefined) return 'gone'
      await conclude(trx, held, { status: 409, operation: held.operation, summary: refusedWords(error), advice: error.advice ?? null }, at)
      return 'failed'
    })
  }
}

function refusedWords(error: AppError): string {
  return `Could not be applied: ${error.message}`
}

/** Claims it: whoever comes second finds it claimed. */
function finish(trx: Trx, id: string, state: 'applied' | 'failed'): Promise<HeldRequest | undefined> {
  return trx
    .updateTable('held_requests')
    .set({ state })
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .returningAll()
    .executeTakeFirst()
}

async function conclude(trx: Trx, held: HeldRequest, { status, operation, summary, advice }: Replayed, at: Millis): Promise<void> {
  await trx.updateTable('held_requests').set({ result: summary }).where('id', '=', held.id).execute()
  await logRequest(trx, {
    id: newId(),
    enterprise_id: held.enterprise_id,
    node_id: held.node_id,
    method_id: held.method_id,
    token_id: held.token_id,
    at,
    request_id: held.request_id,
    http_method: held.http_method,
    path: pathOf(held),
    status,
    operation,
    subject_kind: held.subject_kind,
    subject_id: held.subject_id,
    summary: status < 400 ? `Approved, after it was held. ${summary}` : summary,
    detail: null,
    advice,
    request_body: null,
  })
}

function pathOf({ node_id: nodeId, subject_kind: kind, subject_id: id }: HeldRequest): string {
  return `/scim/v2/${nodeId}/${kind === 'user' ? 'Users' : 'Groups'}/${id}`
}

async function leftOf(db: Db, { methodId }: Decision): Promise<Pick<Decided, 'left' | 'unseen'>> {
  const { requests, approved } = await heldTotals(db, methodId)
  return { left: approved, unseen: requests - approved }
}
