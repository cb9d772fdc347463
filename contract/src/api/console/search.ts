import { z } from 'zod'
import { NodeId, TeamId, UserId } from '../../ids.ts'
import { route } from '../route.ts'
import { Asked } from './listing.ts'
import { TeamStatus } from './teams.ts'
import { PersonStatus } from './users.ts'

/** Users by e-mail address, teams and nodes by name, in the caller's nodes: the first few that contain the text. */
export const searchAll = route({
  method: 'GET',
  path: '/api/v1/search',
  asker: 'user',
  input: z.object({ q: Asked.min(1).max(100) }),
  answer: z.strictObject({
    users: z.array(z.strictObject({ userId: UserId, email: z.string(), status: PersonStatus, nodeName: z.string() })),
    teams: z.array(z.strictObject({ teamId: TeamId, name: z.string(), status: TeamStatus, nodeName: z.string() })),
    nodes: z.array(z.strictObject({ nodeId: NodeId, name: z.string() })),
  }),
})
