import { z } from 'zod'
import { NodeId } from '../../ids.ts'
import { Millis, wholeFrom } from '../../shape.ts'
import { route } from '../route.ts'
import { Done } from '../sessions.ts'
import { inNode } from './listing.ts'
import { MethodState } from './nodes.ts'
import { PausedBy } from './safety.ts'

const MethodId = z.uuidv7()
const TokenId = z.uuidv7()

/** What happens where the primary e-mail of a directory's user differs from its userName. */
export const EmailPolicy = z.enum(['warn', 'refuse'])
export type EmailPolicy = z.infer<typeof EmailPolicy>

/** A token that is valid now. The token itself was shown once, when it was made. */
export const TokenShown = z.strictObject({
  tokenId: TokenId,
  /** Its last four characters. */
  hint: z.string(),
  createdAt: Millis,
  expiresAt: Millis.nullable(),
  /** To the minute; null where it was never used. */
  lastUsedAt: Millis.nullable(),
})

const Operations = z.strictObject({ operations: wholeFrom(0), failures: wholeFrom(0) })

export const MethodShown = z.strictObject({
  methodId: MethodId,
  nodeId: NodeId,
  nodeName: z.string(),
  kind: z.literal('scim'),
  state: MethodState,
  /** Whom to ask why it is paused; safety.ts has the rest. */
  pausedBy: PausedBy.nullable(),
  /** Nothing of the directory is applied: it is only written down. */
  observe: z.boolean(),
  emailPolicy: EmailPolicy,
  /** What the directory's administrator pastes into it, with a token. */
  baseUrl: z.string(),
  createdAt: Millis,
  savedAt: Millis.nullable(),
  /** Oldest first; two while one is being rotated. */
  tokens: z.array(TokenShown),
  /** The directory's last request that came with a token of this method; null where none is known. */
  lastContact: z.strictObject({ at: Millis, operation: z.string(), status: z.int() }).nullable(),
  /** Whether the directory has called since the method was saved: what "Waiting for the first request…" waits for. */
  calledSinceSaved: z.boolean(),
  lastDay: Operations,
  lastWeek: Operations,
})
export type MethodShown = z.infer<typeof MethodShown>

/** The token is in this answer and nowhere else. */
const TokenGiven = z.strictObject({ methodId: MethodId, token: z.string(), baseUrl: z.string() })
/** When the token ends; without it, it does not. */
const expiry = { expiresAt: Millis.optional() }
const oneMethod = z.strictObject({ method: MethodId })

/** The methods of the nodes that the caller may read. */
export const listMethods = route({
  method: 'GET',
  path: '/api/v1/methods',
  asker: 'user',
  input: z.object(inNode),
  answer: z.strictObject({ methods: z.array(MethodShown) }),
})

/** Adds a SCIM method to a node, as a draft with its first token: the directory's tests fail until it is saved. */
export const addMethod = route({
  method: 'POST',
  path: '/api/v1/methods',
  asker: 'user',
  input: z.strictObject({ nodeId: NodeId, kind: z.literal('scim'), ...expiry }),
  answer: TokenGiven,
})

export const readMethod = route({
  method: 'GET',
  path: '/api/v1/methods/:method',
  asker: 'user',
  input: z.object({ method: MethodId }),
  answer: MethodShown,
})

/** Saves a draft: from now on the directory's requests are answered. */
export const saveMethod = route({ method: 'POST', path: '/api/v1/methods/:method/save', asker: 'user', input: oneMethod, answer: Done })

/** Pauses a method: the directory is told to come back later, and nothing of it is applied. */
export const pauseMethod = route({ method: 'POST', path: '/api/v1/methods/:method/pause', asker: 'user', input: oneMethod, answer: Done })
/** 409 where removals are held: they are applied or rejected (safety.ts), and the method is active again. */
export const resumeMethod = route({
  method: 'POST',
  path: '/api/v1/methods/:method/resume',
  asker: 'user',
  input: oneMethod,
  answer: Done,
})

export const setEmailPolicy = route({
  method: 'POST',
  path: '/api/v1/methods/:method/email-policy',
  asker: 'user',
  input: z.strictObject({ method: MethodId, emailPolicy: EmailPolicy }),
  answer: Done,
})

/**
 * Makes a second token. Both are valid until the old one is revoked, or has not been used for seven days while the new one
 * has. 409 where there are two already.
 */
export const rotateToken = route({
  method: 'POST',
  path: '/api/v1/methods/:method/rotate',
  asker: 'user',
  input: z.strictObject({ method: MethodId, ...expiry }),
  answer: TokenGiven,
})

/** Ends a token at once. */
export const revokeToken = route({
  method: 'POST',
  path: '/api/v1/methods/:method/tokens/:token/revoke',
  asker: 'user',
  input: z.strictObject({ method: MethodId, token: TokenId }),
  answer: Done,
})
