import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { lockMethod, type Method, moveTo } from '../provisioning/methods.ts'
import { withoutPasswords } from '../provisioning/redact.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { isBeyond, takenWithin } from './limits.ts'
import { supersede, type Wish } from './supersede.ts'
import { tellAdministrators } from './tell-administrators.ts'

/** A request, or an operation of a bulk request, that would take something from people. */
export interface Removal extends Wish {
  /** `<kind>.<verb>`, as in `user.lock`. */
  operation: string
  /** What it would do, in plain words. */
  summary: string
  /** Whom it would take something from. */
  takes: readonly string[]
  httpMethod: string
  /** Parsed JSON; undefined where there was none. */
  body: unknown
}

/** Whose request it was. */
export interface HeldFrom {
  methodId: string
  tokenId: string
  requestId: string
}

const OPEN = ['held', 'approved'] as const

const insertPeople = prepare<{ heldId: string; userIds: string }>()((db, p, dialect) =>
  db
    .insertInto('held_people')
    .columns(['held_id', 'user_id'])
    .expression((eb) =>
      eb
        .selectFrom(idsOf(dialect, p.userIds))
        .select([sql<string>`cast(${p.heldId} as text)`.as('held_id'), 'ids.value'])
        .distinct(),
    ),
)

/**
 * Holds what a request of a directory wanted, because it would pass the limits, or they have paused the method already. The
 * first pauses the method and tells its administrators. What is held already only counts once more, so that a directory can
 * repeat itself. `beyond`: everybody whom the request would take something from.
 * @returns false where neither is so any more: limits or method were changed meanwhile, so the request is to be tried again
 */
export async function hold(
  trx: Trx,
  from: HeldFrom,
  removals: readonly Removal[],
  beyond: readonly string[],
  at: Millis,
): Promise<boolean> {
  const method = await lockMethod(trx, from.methodId)
  if (method.paused_by !== 'breaker') {
    if (method.state !== 'active' || !(await isBeyond(trx, method, beyond, at))) return false
    await pause(trx, method, beyond, at)
  }
  for (const removal of removals) await holdOne(trx, method, from, removal, at)
  await announce(trx, { enterpriseId: method.enterprise_id, kind: 'method', subjectId: method.id, at })
  return true
}

async function pause(trx: Trx, method: Method, beyond: readonly string[], at: Millis): Promise<void> {
  const taken = await takenWithin(trx, method, beyond, at)
  const detail = { people: taken.people, registered: taken.registered, limit: method.limit_people, percent: method.limit_percent }
  await moveTo(trx, method, { state: 'paused', pausedBy: 'breaker' }, 'method.paused', 'server', at, { by: 'limits', ...detail })
  await tellAdministrators(trx, method, taken, at)
}

async function holdOne(trx: Trx, method: Method, from: HeldFrom, removal: Removal, at: Millis): Promise<void> {
  const body = removal.body === undefined || removal.body === null ? null : JSON.stringify(withoutPasswords(removal.body))
  const fingerprint = fingerprintOf(removal, body)
  const same = await trx
    .updateTable('held_requests')
    .set((eb) => ({ last_at: at, times: eb('times', '+', 1) }))
    .where('method_id', '=', method.id)
    .where('fingerprint', '=', fingerprint)
    .where('state', 'in', OPEN)
    .returning('id')
    .executeTakeFirst()
  if (same) return
  await supersede(trx, method.id, removal, at)
  const id = newId()
  await trx
    .insertInto('held_requests')
    .values({
      id,
      enterprise_id: method.enterprise_id,
      node_id: method.node_id,
      method_id: method.id,
      token_id: from.tokenId,
      request_id: from.requestId,
      at,
      last_at: at,
      times: 1,
      http_method: removal.httpMethod,
      body,
      fingerprint,
      operation: removal.operation,
      subject_kind: removal.subjectKind,
      subject_id: removal.subjectId,
      summary: removal.summary,
      people: removal.takes.length,
      state: 'held',
      decided_at: null,
      decided_by: null,
      result: null,
    })
    .execute()
  await insertPeople(trx, { heldId: id, userIds: JSON.stringify(removal.takes) })
}

function fingerprintOf({ httpMethod, subjectKind, subjectId }: Removal, body: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([httpMethod, subjectKind, subjectId, body]))
    .digest('base64url')
}
