import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { lockMethod, moveTo, tellOfMethod } from '../provisioning/methods.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { heldTotals, OPEN_STATES } from './held.ts'

/** An administrator's word on what is held of a method: on all of it, on what came up to `upTo`, or on one. */
export interface Decision {
  methodId: string
  /** The newest held request that the administrator has seen. */
  upTo?: string | undefined
  only?: string | undefined
  /** As the audit log names who decides. */
  actor: string
  at: Millis
}

/** What came of a decision. */
export interface Decided {
  applied: number
  /** Refused when it was applied: the held requests say why. */
  failed: number
  /** Approved and not applied yet: to be called again. */
  left: number
  /** Came meanwhile, or is to be decided upon still: the method stays paused. */
  unseen: number
}

/** Held requests that are dropped in one transaction. */
const AT_ONCE = 500

/**
 * Drops what is held of a method, or one; it stays as history. Once nothing waits, the method is active. What was dropped
 * counts anew when the directory sends it again, together with what it has taken in the window.
 * @throws AppError `not_found`, `conflict` where that one is held no more
 */
export async function rejectHeld(db: Db, decision: Decision): Promise<{ rejected: number; unseen: number }> {
  let rejected = 0
  for (;;) {
    const dropped = await write(db, (trx) => drop(trx, decision))
    rejected += dropped
    if (dropped < AT_ONCE) break
  }
  if (rejected === 0 && decision.only !== undefined) {
    throw new AppError('conflict', 'This is held no more: it was decided, or the directory wants it no more.')
  }
  await write(db, async (trx) => {
    const method = await lockMethod(trx, decision.methodId)
    if (rejected > 0) await tellOfMethod(trx, method, 'method.removals-rejected', decision.actor, decision.at, { requests: rejected })
    await settle(trx, decision, { rejected })
  })
  return { rejected, unseen: (await heldTotals(db, decision.methodId)).requests }
}

async function drop(trx: Trx, { methodId, only, actor, at }: Decision): Promise<number> {
  await lockMethod(trx, methodId)
  const open = trx
    .selectFrom('held_requests')
    .select('id')
    .where('method_id', '=', methodId)
    .where('state', 'in', OPEN_STATES)
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .orderBy('id')
    .limit(AT_ONCE)
  const dropped = await trx
    .updateTable('held_requests')
    .set({ state: 'rejected', decided_at: at, decided_by: actor })
    .where('id', 'in', open)
    .where('state', 'in', OPEN_STATES)
    .returningAll()
    .execute()
  for (const held of dropped) {
    const { enterprise_id: enterpriseId, node_id: nodeId, subject_kind: subjectKind, subject_id: subjectId } = held
    const detail = { method: methodId, wanted: held.summary }
    await record(trx, { enterpriseId, nodeId, at, actor, action: `${subjectKind}.removal-rejected`, subjectKind, subjectId, detail })
  }
  return dropped.length
}

/** Makes the method active where its limits paused it and nothing waits any more. */
export async function settle(trx: Trx, { methodId, actor, at }: Decision, detail: Record<string, number>): Promise<void> {
  const method = await lockMethod(trx, methodId)
  if (method.paused_by !== 'breaker') return
  const open = await trx
    .selectFrom('held_requests')
    .select('id')
    .where('method_id', '=', methodId)
    .where('state', 'in', OPEN_STATES)
    .limit(1)
    .executeTakeFirst()
  if (!open) await moveTo(trx, method, { state: 'active', pausedBy: null }, 'method.resumed', actor, at, detail)
}
