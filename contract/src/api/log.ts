import { z } from 'zod'
import { HeldKeyWrap } from '../envelopes.ts'
import { wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'

/** Entries of the enterprise log from place `from` on, in order; at most 1,000, so ask again until `length` is reached. */
export const readLog = route({
  method: 'GET',
  path: '/api/v1/log',
  asker: 'approver',
  input: z.object({ from: z.coerce.number().pipe(wholeFrom(0)) }),
  answer: z.strictObject({ entries: z.array(SignedStatement), length: wholeFrom(0) }),
})

/**
 * Appends to the log what verifies after its last entry; `heldKeys` are the wraps of keys that the entries publish, or for
 * people whom they make holders. 409 where the log has grown meanwhile: read on, state anew.
 */
export const appendLog = route({
  method: 'POST',
  path: '/api/v1/log',
  asker: 'approver',
  input: z.strictObject({ entries: z.array(SignedStatement).min(1).max(500), heldKeys: z.array(HeldKeyWrap).max(1000) }),
  answer: z.strictObject({ length: wholeFrom(1) }),
  bodyLimit: 8 * 1024 * 1024,
})

/** The wraps of approver key and recovery key that the caller holds, all epochs. */
export const readHeldKeys = route({
  method: 'GET',
  path: '/api/v1/held-keys',
  asker: 'approver',
  input: z.object({}),
  answer: z.strictObject({ heldKeys: z.array(HeldKeyWrap) }),
})
