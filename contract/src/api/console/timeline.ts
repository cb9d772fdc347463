import { z } from 'zod'
import { Millis } from '../../shape.ts'
import { Asked, paging } from './listing.ts'

/** Somebody or something that acts or is acted upon, with a name for people: an e-mail address, a team's, node's or automator's name. */
export const Named = z.strictObject({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() })
export type Named = z.infer<typeof Named>

/** One thing that was done: a row of the audit log. */
export const ActivityEntry = z.strictObject({
  id: z.string(),
  at: Millis,
  actor: Named,
  /** `<kind>.<past participle>`, as in `user.locked`. */
  action: z.string(),
  subject: Named,
  detail: z.record(z.string(), z.unknown()),
})
export type ActivityEntry = z.infer<typeof ActivityEntry>

/** What happened to a user or a team: done by somebody, or asked for by a directory. */
export const TimelineEntry = z.discriminatedUnion('source', [
  ActivityEntry.extend({ source: z.literal('activity') }),
  z.strictObject({
    source: z.literal('directory'),
    id: z.string(),
    at: Millis,
    operation: z.string(),
    status: z.int(),
    /** What changed, in plain words. */
    summary: z.string(),
    detail: z.string().nullable(),
    /** What to do about it. */
    advice: z.string().nullable(),
    requestId: z.string(),
  }),
])
export type TimelineEntry = z.infer<typeof TimelineEntry>

/** Newest first: the first page, or what is older than `after`. */
export const timelinePage = { after: Asked.optional(), limit: paging.limit }
export const Timeline = z.strictObject({ entries: z.array(TimelineEntry), next: z.string().nullable() })
export type Timeline = z.infer<typeof Timeline>
