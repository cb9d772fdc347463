import { z } from 'zod'
import { NodeId, TeamId, UserId } from '../../ids.ts'
import { Epoch, Millis, wholeFrom } from '../../shape.ts'
import { UserStatus } from '../administration.ts'
import { route } from '../route.ts'
import { Done } from '../sessions.ts'
import { Asked, inNode, Order, paging, places } from './listing.ts'
import { Named, Timeline, timelinePage } from './timeline.ts'

export const TeamStatus = z.enum(['pending', 'active', 'archived'])
export type TeamStatus = z.infer<typeof TeamStatus>

export const TeamShown = z.strictObject({
  teamId: TeamId,
  name: z.string(),
  status: TeamStatus,
  nodeId: NodeId,
  nodeName: z.string(),
  members: z.strictObject({ active: wholeFrom(0), pending: wholeFrom(0) }),
  /** Folders that are shared with it. */
  folders: wholeFrom(0),
  /** Of its key; 0 while it has none. */
  keyEpoch: wholeFrom(0),
  /** Somebody who holds its key was removed: the next approver makes another. */
  rotationDue: z.boolean(),
  createdAt: Millis,
  archivedAt: Millis.nullable(),
})
export type TeamShown = z.infer<typeof TeamShown>

/** Teams whose name contains the text. Without a status, those that are not archived. `total` counts them on all pages. */
export const listTeams = route({
  method: 'GET',
  path: '/api/v1/teams',
  asker: 'user',
  input: z.object({
    search: Asked.optional(),
    status: TeamStatus.optional(),
    ...inNode,
    sort: z.enum(['name', 'created']).optional(),
    order: Order.optional(),
    ...paging,
  }),
  answer: z.strictObject({ teams: z.array(TeamShown), total: wholeFrom(0), ...places }),
})

const oneTeam = { team: TeamId }

export const readTeam = route({
  method: 'GET',
  path: '/api/v1/teams/:team',
  asker: 'user',
  input: z.object(oneTeam),
  answer: TeamShown.extend({ externalId: z.string().nullable() }),
})

/** The members of a team in the order of their ids, deleted people apart. */
export const listTeamMembers = route({
  method: 'GET',
  path: '/api/v1/teams/:team/members',
  asker: 'user',
  input: z.object({ ...oneTeam, state: z.enum(['pending', 'active']).optional(), ...paging }),
  answer: z.strictObject({
    members: z.array(
      z.strictObject({
        userId: UserId,
        email: z.string(),
        status: UserStatus,
        membership: z.enum(['pending', 'active']),
        epoch: Epoch.nullable(),
        since: Millis,
        /** Who admitted them, as the activity names actors; null while pending. */
        grantedBy: Named.nullable(),
        grantedAt: Millis.nullable(),
      }),
    ),
    ...places,
  }),
})

export const readTeamTimeline = route({
  method: 'GET',
  path: '/api/v1/teams/:team/timeline',
  asker: 'user',
  input: z.object({ ...oneTeam, ...timelinePage }),
  answer: Timeline,
})

/**
 * Brings an archived team back, with its members and the folders that are shared with it; where it had a key, the next one
 * is due. The directory does not know of it: pushing the group again, by the same name, links it. 409 where it is not
 * archived, or another team of the node has its name by now.
 */
export const restoreTeam = route({
  method: 'POST',
  path: '/api/v1/teams/:team/restore',
  asker: 'user',
  input: z.strictObject(oneTeam),
  answer: Done,
})

/** Removes an archived team for good, with its keys and what was shared with it. `confirmName` is its name, letter by letter. */
export const purgeTeam = route({
  method: 'POST',
  path: '/api/v1/teams/:team/purge',
  asker: 'user',
  input: z.strictObject({ ...oneTeam, confirmName: z.string().max(1_000) }),
  answer: Done,
})
