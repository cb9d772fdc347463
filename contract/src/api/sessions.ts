import { z } from 'zod'
import { Millis } from '../shape.ts'

/** What a person or an automator shows with each request: `Authorization: Bearer <token>`. 32 random bytes behind a prefix. */
export const SessionToken = z.string().regex(/^cs_[\w-]{43}$/)
export const AutomatorToken = z.string().regex(/^ca_[\w-]{43}$/)

/** A session that was just made. The token is shown this once. */
export const SessionGiven = z.strictObject({ sessionId: z.string(), token: SessionToken, expiresAt: Millis })
export type SessionGiven = z.infer<typeof SessionGiven>

/** An answer that says nothing but that it is done. */
export const Done = z.strictObject({})
