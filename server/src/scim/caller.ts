import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import type { EmailPolicy } from '../storage/database.ts'

/** What becomes of what it asks for: it is done, or held because the limits of the method have paused it, or only observed. */
export type Mode = 'active' | 'held' | 'observed'

/** Whose request this is: the method that the bearer token is for. Made by authenticate.ts. */
export interface ScimCaller {
  readonly nodeId: ProvenNodeId
  readonly enterpriseId: string
  readonly methodId: string
  readonly tokenId: string
  readonly emailPolicy: EmailPolicy
  readonly mode: Mode
  /** The base URL of the method, without a slash at its end. */
  readonly base: string
}

/** As much of it as an operation asks for. */
export type TaskCaller = Pick<ScimCaller, 'base' | 'emailPolicy'>

declare module 'fastify' {
  interface FastifyRequest {
    scim: ScimCaller
  }
}

/** The caller's act, now. */
export function scopeOf(caller: ScimCaller): Scope {
  return { nodeId: caller.nodeId, enterpriseId: caller.enterpriseId, actor: `scim:${caller.tokenId}`, at: Date.now() }
}
