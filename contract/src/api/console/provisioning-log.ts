import { z } from 'zod'
import { NodeId, UserId } from '../../ids.ts'
import { Millis } from '../../shape.ts'
import { route } from '../route.ts'
import { Asked, AskedMillis, inNode, paging } from './listing.ts'
import { Named } from './timeline.ts'

/** One request of a directory. */
export const ProvisioningEntry = z.strictObject({
  id: z.string(),
  at: Millis,
  nodeId: NodeId,
  nodeName: z.string(),
  methodId: z.string(),
  requestId: z.string(),
  httpMethod: z.string(),
  path: z.string(),
  status: z.int(),
  /** `ok` below 400. */
  result: z.enum(['ok', 'failed']),
  /** `<kind>.<verb>`, as in `user.create`. */
  operation: z.string(),
  subject: Named.nullable(),
  /** What changed, in plain words. */
  summary: z.string(),
  /** What the directory was told, where it was refused. */
  detail: z.string().nullable(),
  /** What to do about it. */
  advice: z.string().nullable(),
  /** Without secrets, and without names of people unless the enterprise shows them; null where there was none. */
  requestBody: z.string().nullable(),
})
export type ProvisioningEntry = z.infer<typeof ProvisioningEntry>

/**
 * The provisioning log of the nodes that the caller may read. Newest first, and on from `before` (the `next` of a page).
 * With `after`, what came since, oldest first: begin with the `follow` of the first page, and go on with that of each answer.
 * Lines can be sorted in a moment late, so who follows gets them two seconds old; what the first page has can come once more.
 */
export const listProvisioningLog = route({
  method: 'GET',
  path: '/api/v1/provisioning-log',
  asker: 'user',
  input: z.object({
    ...inNode,
    user: UserId.optional(),
    operation: Asked.optional(),
    result: z.enum(['ok', 'failed']).optional(),
    /** From this time on, and up to before that one. */
    from: AskedMillis.optional(),
    to: AskedMillis.optional(),
    ...paging,
  }),
  answer: z.strictObject({ entries: z.array(ProvisioningEntry), next: z.string().nullable(), follow: z.string() }),
})
