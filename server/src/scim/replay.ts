import type { Scope } from '../nodes/scope.ts'
import { findMethod } from '../provisioning/methods.ts'
import type { Replayed } from '../safety/apply.ts'
import type { HeldRequest } from '../safety/held.ts'
import type { Trx } from '../storage/database.ts'
import { execute } from './execute.ts'

const VERBS = ['PUT', 'PATCH', 'DELETE'] as const

/**
 * Does what a held request asked for, through the operation that the request would have reached. Without If-Match: the
 * approver has seen what it does, and the version was of another time.
 */
export async function replay(trx: Trx, held: HeldRequest, scope: Scope): Promise<Replayed> {
  const method = VERBS.find((verb) => verb === held.http_method)
  if (method === undefined) throw new TypeError(`a request with ${held.http_method} takes nothing from anybody, so none is held`)
  const caller = { base: '', emailPolicy: (await findMethod(trx, held.method_id)).email_policy }
  const type = held.subject_kind === 'user' ? 'Users' : 'Groups'
  const body: unknown = held.body === null ? undefined : JSON.parse(held.body)
  const { status, told } = await execute(trx, scope, caller, { method, type, id: held.subject_id }, body)
  return { status, operation: told.operation, summary: told.summary, advice: told.advice ?? null }
}
