import { z } from 'zod'
import { NodeId, TeamId, UserId } from '../../ids.ts'
import { Epoch, Millis, wholeFrom } from '../../shape.ts'
import { AdministratorRole } from '../administration.ts'
import { route } from '../route.ts'
import { Asked, inNode, Order, paging, places } from './listing.ts'
import { Timeline, timelinePage } from './timeline.ts'

/** `deleted`: by the directory or an administrator, and kept for the retention time. */
export const PersonStatus = z.enum(['invited', 'active', 'locked', 'deleted'])
export type PersonStatus = z.infer<typeof PersonStatus>

/** What wants attention: the directory's primary e-mail is not userName, or the invitation does not arrive or is over. */
export const UserFlag = z.enum(['email-differs', 'invitation-failed', 'invitation-expired'])
export type UserFlag = z.infer<typeof UserFlag>

export const InvitationShown = z.strictObject({
  state: z.enum(['queued', 'sent', 'failed', 'expired', 'accepted']),
  /** What the mail server said; null where it took the mail. */
  lastError: z.string().nullable(),
  sentAt: Millis.nullable(),
  expiresAt: Millis.nullable(),
})
export type InvitationShown = z.infer<typeof InvitationShown>

/** A user as the list shows them. `name` is there only where the enterprise's setting shows names (story 8). */
export const UserShown = z.strictObject({
  userId: UserId,
  email: z.string(),
  name: z.string().optional(),
  status: PersonStatus,
  nodeId: NodeId,
  nodeName: z.string(),
  /** At most five, by name; `teamCount` counts all. */
  teams: z.array(z.strictObject({ teamId: TeamId, name: z.string() })),
  teamCount: wholeFrom(0),
  /** When a device or session of theirs was last used, to some minutes. */
  lastSeenAt: Millis.nullable(),
  createdAt: Millis,
  registeredAt: Millis.nullable(),
  deletedAt: Millis.nullable(),
  flags: z.array(UserFlag),
  /** null for who was never invited by mail. */
  invitation: InvitationShown.nullable(),
  /** The log has a certificate of their keys. */
  verified: z.boolean(),
})
export type UserShown = z.infer<typeof UserShown>

/** Users whose e-mail address contains the text, and that fit all filters. `total` counts them on all pages. */
export const listUsers = route({
  method: 'GET',
  path: '/api/v1/users',
  asker: 'user',
  input: z.object({
    search: Asked.optional(),
    /** Without it, all who are not deleted. */
    status: PersonStatus.optional(),
    flag: UserFlag.optional(),
    ...inNode,
    sort: z.enum(['email', 'created']).optional(),
    order: Order.optional(),
    ...paging,
  }),
  answer: z.strictObject({ users: z.array(UserShown), total: wholeFrom(0), ...places }),
})

const oneUser = { user: UserId }

/** One user. What their vault holds, nobody sees here. */
export const readUser = route({
  method: 'GET',
  path: '/api/v1/users/:user',
  asker: 'user',
  input: z.object(oneUser),
  answer: UserShown.extend({
    externalId: z.string().nullable(),
    /** When a deleted user is gone for good. */
    purgedAt: Millis.nullable(),
    /** Their roles in nodes that the caller may read. */
    roles: z.array(z.strictObject({ nodeId: NodeId, nodeName: z.string(), role: AdministratorRole })),
    devices: wholeFrom(0),
    secondFactors: wholeFrom(0),
    /** A directory provisions the node. */
    provisioned: z.boolean(),
    ownFolders: wholeFrom(0),
  }),
})

/** The teams of a user with the state of each membership, by name; at most 500. */
export const listUserTeams = route({
  method: 'GET',
  path: '/api/v1/users/:user/teams',
  asker: 'user',
  input: z.object(oneUser),
  answer: z.strictObject({
    teams: z.array(
      z.strictObject({
        teamId: TeamId,
        name: z.string(),
        status: z.enum(['pending', 'active']),
        membership: z.enum(['pending', 'active']),
        /** The epoch of the team's key that they hold; null while pending. */
        epoch: Epoch.nullable(),
        since: Millis,
      }),
    ),
    total: wholeFrom(0),
  }),
})

export const readUserTimeline = route({
  method: 'GET',
  path: '/api/v1/users/:user/timeline',
  asker: 'user',
  input: z.object({ ...oneUser, ...timelinePage }),
  answer: Timeline,
})
