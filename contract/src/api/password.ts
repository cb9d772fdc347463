import { z } from 'zod'
import { UserRootWrap } from '../envelopes.ts'
import { OpaqueMessage, RegistrationRequest, RegistrationResponse } from '../opaque.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** Begins a new password: OPAQUE's registration (RFC 9807 §5.1) once more, for the user who is signed in. Nothing is kept of it. */
export const startPasswordChange = route({
  method: 'POST',
  path: '/api/v1/me/password/start',
  asker: 'fresh',
  input: RegistrationRequest,
  answer: RegistrationResponse,
})

/**
 * Takes the new password in place of the old one. `wrap` is the user root under it, one epoch on; the first password of
 * who had none has epoch 1. Every other session ends. 409 where the password was changed meanwhile.
 */
export const changePassword = route({
  method: 'POST',
  path: '/api/v1/me/password',
  asker: 'fresh',
  input: z.strictObject({ registrationRecord: OpaqueMessage, wrap: UserRootWrap }),
  answer: Done,
})
