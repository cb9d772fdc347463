import { z } from 'zod'
import { HeldKeyWrap } from '../envelopes.ts'
import { NodeId, TeamId, UserId } from '../ids.ts'
import { AdministratorRight } from '../log/statement.ts'
import { Millis } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** What an administrator may do in a node and all under it. */
export const AdministratorRole = z.enum(['full', 'users-and-teams', 'approvals', 'read-only'])
export type AdministratorRole = z.infer<typeof AdministratorRole>

export const UserStatus = z.enum(['invited', 'active', 'locked'])
export type UserStatus = z.infer<typeof UserStatus>

/**
 * The rights that a role needs in the log, which only a full administrator of the root can give: none for who only reads.
 * A user with several roles needs the rights of all of them.
 */
export function logRightsOf(roles: readonly { role: AdministratorRole; isRoot: boolean }[]): AdministratorRight[] {
  if (roles.some(({ role, isRoot }) => role === 'full' && isRoot)) return [...AdministratorRight.options]
  return roles.some(({ role }) => role !== 'read-only') ? ['certify'] : []
}

/** One role of one user. */
export const Administrator = z.strictObject({
  userId: UserId,
  email: z.string(),
  status: UserStatus,
  nodeId: NodeId,
  nodeName: z.string(),
  isRoot: z.boolean(),
  role: AdministratorRole,
  createdAt: Millis,
})
export type Administrator = z.infer<typeof Administrator>

/** The administrators of the nodes that the caller may read. */
export const listAdministrators = route({
  method: 'GET',
  path: '/api/v1/administrators',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({ administrators: z.array(Administrator) }),
})

/**
 * All roles of one user, also in nodes that the caller does not read: what the log must say of them follows from all. For
 * administrators who read the user's node, or one in which the user has a role; deleted users too.
 */
export const readRoles = route({
  method: 'GET',
  path: '/api/v1/users/:user/roles',
  asker: 'user',
  input: z.object({ user: UserId }),
  answer: z.strictObject({
    email: z.string(),
    status: UserStatus,
    roles: z.array(z.strictObject({ nodeId: NodeId, isRoot: z.boolean(), role: AdministratorRole })),
  }),
})

/**
 * Gives a user a role in a node, another one in its place, or none (`role` null). `entries` make the log agree in the same
 * transaction: add the user as administrator, or remove them, so that their rights there are those of all their roles
 * (`logRightsOf`); none where those do not change. `heldKeys` are wraps for the user. 409 where the log has grown.
 */
export const setRole = route({
  method: 'POST',
  path: '/api/v1/administrators',
  asker: 'user',
  input: z.strictObject({
    userId: UserId,
    nodeId: NodeId,
    role: AdministratorRole.nullable(),
    entries: z.array(SignedStatement).max(2),
    heldKeys: z.array(HeldKeyWrap).max(100),
  }),
  answer: Done,
})

/** A team on which nobody who is active would hold the key. `approversHold`: an active administrator or automator can open it. */
export const TeamWithoutHolder = z.strictObject({ teamId: TeamId, name: z.string(), approversHold: z.boolean() })
export type TeamWithoutHolder = z.infer<typeof TeamWithoutHolder>

/**
 * `done`: it is done. `confirm`: nothing was changed, for it would leave these teams without anybody active who holds their
 * key; ask again with `confirm`. `directory`: a directory provisions the user, and what it says next counts.
 */
const Taken = z.strictObject({
  outcome: z.enum(['done', 'confirm']),
  teams: z.array(TeamWithoutHolder),
  directory: z.boolean(),
  /** The same in plain words; null where there is nothing to say. */
  warning: z.string().nullable(),
})
export type Taken = z.infer<typeof Taken>
const takeOut = z.strictObject({ user: UserId, confirm: z.boolean().optional() })

/** Locks a user at once: every session and stream ends, and what waits to be let in is cancelled. */
export const lockUser = route({ method: 'POST', path: '/api/v1/users/:user/lock', asker: 'user', input: takeOut, answer: Taken })

/** Restores everything, without any approval. */
export const unlockUser = route({
  method: 'POST',
  path: '/api/v1/users/:user/unlock',
  asker: 'user',
  input: z.strictObject({ user: UserId }),
  answer: z.strictObject({ status: UserStatus }),
})

/** Deletes a user as a directory's DELETE does: locked, off every team, kept for the retention time. */
export const deleteUser = route({ method: 'POST', path: '/api/v1/users/:user/delete', asker: 'user', input: takeOut, answer: Taken })
