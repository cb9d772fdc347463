import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import type { EmailPolicy } from '../storage/database.ts'

/** Whose request this is: the method that the bearer token is for. Made by authenticate.ts. */
export interface ScimCaller {
  readonly nodeId: ProvenNodeId
  readonly enterpriseId: string
  readonly methodId: string
  readonly tokenId: string
  readonly emailPolicy: EmailPolicy
  /** The base URL of the method, without a slash at its end. */
  readonly base: string
}

declare module 'fastify' {
  interface FastifyRequest {
    scim: ScimCaller
  }
}

/** The caller's act, now. */
export function scopeOf(caller: ScimCaller): Scope {
  return { nodeId: caller.nodeId, enterpriseId: caller.enterpriseId, actor: `scim:${caller.tokenId}`, at: Date.now() }
}
