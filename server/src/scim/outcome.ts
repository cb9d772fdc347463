import type { FastifyReply } from 'fastify'
import type { JsonObject } from './json-value.ts'
import { etag } from './present.ts'

/** What one operation did, for the answer and for the provisioning log. */
export interface Outcome {
  readonly status: 200 | 201 | 204
  readonly body?: JsonObject
  /** The URL of what was made. */
  readonly location?: string
  /** The version of the resource that the answer is about. */
  readonly version?: number
  readonly told: Told
}

/** An operation in the words of the provisioning log. */
export interface Told {
  /** `<kind>.<verb>`, as in `user.lock`. */
  readonly operation: string
  readonly subjectKind: 'user' | 'team' | null
  readonly subjectId: string | null
  /** What changed, in plain words. */
  readonly summary: string
  /** What to do about it, where something wants doing. */
  readonly advice?: string | undefined
}

export const SCIM_TYPE = 'application/scim+json; charset=utf-8'

export function sendOutcome(reply: FastifyReply, outcome: Outcome) {
  reply.code(outcome.status)
  if (outcome.version !== undefined) reply.header('ETag', etag(outcome.version))
  if (outcome.location !== undefined) reply.header('Location', outcome.location)
  if (outcome.status === 204) return reply.send()
  return reply.type(SCIM_TYPE).send(JSON.stringify(outcome.body))
}
