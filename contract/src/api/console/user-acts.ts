import { z } from 'zod'
import { NodeId, TeamId, UserId } from '../../ids.ts'
import { TeamWithoutHolder, UserStatus } from '../administration.ts'
import { route } from '../route.ts'
import { Done } from '../sessions.ts'

/** Sends the invitation anew; the old link dies. 409 for who has registered or is locked. */
export const resendInvitation = route({
  method: 'POST',
  path: '/api/v1/users/:user/invitation',
  asker: 'user',
  input: z.strictObject({ user: UserId }),
  answer: Done,
})

/**
 * Moves a user to another node. Teams are of one node, so the user leaves those of the old one; and a directory that
 * provisions the old node sees them no more. Where either is so, nothing is changed until it is asked again with `confirm`.
 */
export const moveUser = route({
  method: 'POST',
  path: '/api/v1/users/:user/move',
  asker: 'user',
  input: z.strictObject({ user: UserId, nodeId: NodeId, confirm: z.boolean().optional() }),
  answer: z.strictObject({
    outcome: z.enum(['done', 'confirm']),
    /** The teams that the user leaves, at most 100 of them. */
    teams: z.array(z.strictObject({ teamId: TeamId, name: z.string() })),
    withoutHolder: z.array(TeamWithoutHolder),
    /** A directory provisions the node that the user leaves. */
    directory: z.boolean(),
    /** The same in plain words; null where there is nothing to say. */
    warning: z.string().nullable(),
  }),
})

/**
 * Gives a deleted user who is still kept the account back, as it was: keys, devices and own folders, and no teams. A
 * directory that provisions the node sees them again. 409 where they are not deleted (any more), or another user has the
 * e-mail address.
 */
export const restoreUser = route({
  method: 'POST',
  path: '/api/v1/users/:user/restore',
  asker: 'user',
  input: z.strictObject({ user: UserId }),
  answer: z.strictObject({
    status: UserStatus,
    /** A directory provisions the node: what it says next counts. */
    directory: z.boolean(),
  }),
})

/** Users in one request. */
export const MOST_AT_ONCE = 500

/**
 * The same act on many users, each on its own: what became of one does not depend on the others, and none is half done.
 * `confirm` as for the lock of one user.
 */
export const actOnUsers = route({
  method: 'POST',
  path: '/api/v1/users/bulk',
  asker: 'user',
  input: z.strictObject({
    act: z.enum(['resend', 'lock', 'unlock']),
    users: z.array(UserId).min(1).max(MOST_AT_ONCE),
    confirm: z.boolean().optional(),
  }),
  answer: z.strictObject({
    results: z.array(
      z.strictObject({
        userId: UserId,
        /** `unchanged`: was locked already. */
        outcome: z.enum(['done', 'unchanged', 'confirm', 'refused']),
        /** Why it was not done, or what to know; null where there is nothing to say. */
        message: z.string().nullable(),
      }),
    ),
  }),
})
