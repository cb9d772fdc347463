import type { Scope } from '../../nodes/scope.ts'
import type { Trx } from '../../storage/database.ts'
import { teamsOfUsers } from '../../teams/of-users.ts'
import { createUser } from '../../users/create.ts'
import { deleteUser } from '../../users/delete.ts'
import { updateUser } from '../../users/update.ts'
import { lockUserRow } from '../../users/user.ts'
import type { TaskCaller } from '../caller.ts'
import { MAX_PATCH_OPERATIONS } from '../context.ts'
import type { Outcome } from '../outcome.ts'
import { readPatch } from '../patch/patch-operations.ts'
import { patchUser } from '../patch/patch-user.ts'
import { mindVersion } from '../preconditions.ts'
import { presentUser, userLocation } from '../present.ts'
import { effectOfCreated, effectOfDeleted, effectOfUpdated } from './user-effects.ts'
import { toPerson, toScimUser, toStoredUser } from './user-person.ts'
import { readUser, type ScimUser } from './user-resource.ts'
import { toldOfCreated, toldOfDeleted, toldOfUpdated } from './user-words.ts'

/** POST /Users (RFC 7644 §3.3). */
export async function postUser(trx: Trx, scope: Scope, caller: TaskCaller, body: unknown): Promise<Outcome> {
  const wanted = readUser(body)
  const created = await createUser(trx, scope, toPerson(wanted), caller.emailPolicy)
  const { user } = created
  return {
    status: 201,
    // A new or restored user is on no team yet.
    body: presentUser(toStoredUser(user, undefined, wanted.rest), caller.base),
    location: userLocation(caller.base, user.id),
    version: user.version,
    told: toldOfCreated(created),
    effect: effectOfCreated(created),
  }
}

/** PUT /Users/:id (RFC 7644 §3.5.1): what the body leaves out is taken away, `active` apart. It never creates. */
export function putUser(trx: Trx, scope: Scope, caller: TaskCaller, id: string, body: unknown, ifMatch?: string): Promise<Outcome> {
  const wanted = readUser(body)
  return change(trx, scope, caller, id, { user: () => wanted, active: () => wanted.active }, ifMatch)
}

/** PATCH /Users/:id (RFC 7644 §3.5.2): all operations or none. */
export function patchUserById(trx: Trx, scope: Scope, caller: TaskCaller, id: string, body: unknown, ifMatch?: string): Promise<Outcome> {
  const operations = readPatch(body, MAX_PATCH_OPERATIONS)
  const patched = (now: ScimUser) => patchUser(now, operations, id).user
  return change(trx, scope, caller, id, { user: patched, active: (now) => patched({ ...now, active: undefined }).active }, ifMatch)
}

/** DELETE /Users/:id (RFC 7644 §3.6). */
export async function removeUser(trx: Trx, scope: Scope, id: string, ifMatch?: string): Promise<Outcome> {
  if (ifMatch !== undefined) mindVersion(ifMatch, (await lockUserRow(trx, scope, id)).version)
  const { user, teams } = await deleteUser(trx, scope, id)
  return { status: 204, told: toldOfDeleted(user, teams), effect: effectOfDeleted(user) }
}

/** What a request wants of the user as they are now. */
interface Wanted {
  user: (now: ScimUser) => ScimUser
  /** What it says of `active` itself; undefined where it says nothing. */
  active: (now: ScimUser) => boolean | undefined
}

async function change(
  trx: Trx,
  scope: Scope,
  caller: TaskCaller,
  id: string,
  wanted: Wanted,
  ifMatch: string | undefined,
): Promise<Outcome> {
  const before = await lockUserRow(trx, scope, id)
  mindVersion(ifMatch, before.version)
  const now = toScimUser(before)
  const { user, events, teams } = await updateUser(trx, scope, before, toPerson(wanted.user(now)), caller.emailPolicy)
  const groups = await teamsOfUsers(trx, [id])
  return {
    status: 200,
    body: presentUser(toStoredUser(user, groups.get(id) ?? []), caller.base),
    version: user.version,
    told: toldOfUpdated(before, user, events, teams),
    effect: effectOfUpdated(before, user, events, () => wanted.active(now)),
  }
}
