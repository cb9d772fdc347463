import type { Scope } from '../nodes/scope.ts'
import type { Trx } from '../storage/database.ts'
import type { TaskCaller } from './caller.ts'
import { patchGroup, postGroup, putGroup, removeGroup } from './groups/group-operations.ts'
import type { Outcome } from './outcome.ts'
import { patchUserById, postUser, putUser, removeUser } from './users/user-operations.ts'

/** An operation by itself, apart from a request of its own. */
export interface Task {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly type: 'Users' | 'Groups'
  /** Undefined for POST alone. */
  readonly id: string | undefined
}

/** Runs an operation that did not come as a request of its own. `version`: as If-Match. */
export function execute(
  trx: Trx,
  scope: Scope,
  caller: TaskCaller,
  { type, method, id = '' }: Task,
  data: unknown,
  version?: string,
): Promise<Outcome> {
  if (type === 'Users') {
    if (method === 'POST') return postUser(trx, scope, caller, data)
    if (method === 'PUT') return putUser(trx, scope, caller, id, data, version)
    if (method === 'PATCH') return patchUserById(trx, scope, caller, id, data, version)
    return removeUser(trx, scope, id, version)
  }
  if (method === 'POST') return postGroup(trx, scope, caller.base, data)
  if (method === 'PUT') return putGroup(trx, scope, id, data, version)
  if (method === 'PATCH') return patchGroup(trx, scope, id, data, version)
  return removeGroup(trx, scope, id, version)
}
