import { z } from 'zod'
import { route } from './route.ts'

/** Where a reader of the feed stands. Opaque: keep it, give it back. */
export const FeedPosition = z.string().regex(/^\d{1,20}\.\d{1,20}$/)
export type FeedPosition = z.infer<typeof FeedPosition>

/** Something to look at again; new kinds may come. */
export const Change = z.strictObject({ kind: z.string(), id: z.string() })
export type Change = z.infer<typeof Change>

/**
 * Changes that concern the reader, up to `position`. `reload`: the server does not know what came before, because the
 * reader is new, or was away for too long, or the store was restored: load everything anew. A change may come twice.
 */
export const Changes = z.strictObject({ position: FeedPosition, reload: z.boolean(), changes: z.array(Change) })
export type Changes = z.infer<typeof Changes>

/** The next changes after a position; `more`: ask again at once. */
export const readChanges = route({
  method: 'GET',
  path: '/api/v1/changes',
  asker: 'approver',
  input: z.object({ after: FeedPosition.optional() }),
  answer: z.strictObject({ ...Changes.shape, more: z.boolean() }),
})

/**
 * The same as server-sent events (WHATWG HTML §9.2), for GET with the bearer token and `after`: events `changes` with
 * Changes as data, `end` with StreamEnd before the server ends the stream for good, and a comment as heartbeat.
 */
export const eventsPath = '/api/v1/events'

/** Longest silence of a stream: two heartbeats. Who hears nothing for longer has lost it. */
export const STREAM_SILENCE_MILLIS = 30_000

/** `signed-out`: the session is over, or the user locked. `restart`: the server stops or the reader is too slow; connect again. */
export const StreamEnd = z.strictObject({ reason: z.enum(['signed-out', 'restart']) })
export type StreamEnd = z.infer<typeof StreamEnd>
