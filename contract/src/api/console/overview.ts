import { z } from 'zod'
import { NodeId } from '../../ids.ts'
import { Millis, wholeFrom } from '../../shape.ts'
import { PendingKind } from '../pending.ts'
import { route } from '../route.ts'
import { MethodState, TeamCounts, UserCounts } from './nodes.ts'
import { PausedBy } from './safety.ts'

const Count = wholeFrom(0)

/** How the nodes of the caller are. */
export const Overview = z.strictObject({
  users: UserCounts,
  teams: TeamCounts,
  /** What waits, by kind (GET /api/v1/pending says why and for whom): how much, and since when the oldest does. Kinds of which nothing waits are left out. */
  waiting: z.array(z.strictObject({ kind: PendingKind, count: Count, since: Millis })),
  directories: z.array(
    z.strictObject({
      methodId: z.string(),
      nodeId: NodeId,
      nodeName: z.string(),
      state: MethodState,
      pausedBy: PausedBy.nullable(),
      observe: z.boolean(),
      lastContactAt: Millis.nullable(),
    }),
  ),
  /** Operations of the directories on each of the last 30 days (UTC, `YYYY-MM-DD`), today last. */
  days: z.array(z.strictObject({ day: z.string(), ok: Count, failed: Count })),
  /** From the directory's assignment to registration: the median of the latest registrations in 30 days; null where there were none. */
  timeToAccess: z.strictObject({ medianMillis: Millis.nullable(), people: Count }),
})
export type Overview = z.infer<typeof Overview>

export const readOverview = route({
  method: 'GET',
  path: '/api/v1/overview',
  asker: 'user',
  input: z.object({}),
  answer: Overview,
})
