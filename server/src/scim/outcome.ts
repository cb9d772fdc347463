import type { FastifyReply } from 'fastify'
import type { Scope } from '../nodes/scope.ts'
import type { Trx } from '../storage/database.ts'
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
  /** What it means for people. */
  readonly effect?: Effect
  /** Of a bulk request: what was done of it. */
  readonly acts?: readonly Act[]
}

/** An operation of a directory, within the transaction of its request. */
export type Operation = (trx: Trx, scope: Scope) => Promise<Outcome>

/** What an operation means for people: what the limits count, and what observe mode tells. */
export interface Effect {
  /** Whom it locks, deletes or takes off a team. */
  readonly takes: readonly string[]
  /** Whom it says to keep: who is to be active, or on the team. Asked only while something is held. */
  readonly keeps: () => readonly string[]
  /** It says all there is to say of its subject: what was asked of it before is void. */
  readonly whole: boolean
  /** What it would create, as an address or name in lower case. */
  readonly creates?: string
  readonly changed: boolean
  /** Memberships that it adds. */
  readonly added: number
  /** Memberships that it ends. */
  readonly removed: number
  /** What it would do, in plain words. */
  readonly would: () => string
}

/** One operation of a request: the request itself, or one of a bulk request. */
export interface Act {
  readonly httpMethod: string
  /** Parsed JSON. */
  readonly body: unknown
  readonly outcome: Outcome
  /** It names what another operation of its request makes, so it cannot be held by itself. */
  readonly refers?: boolean
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
