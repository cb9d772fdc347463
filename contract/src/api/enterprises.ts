import { z } from 'zod'
import { FIRST_SETUP_PREFIX } from '../first-setup.ts'
import { InvitationToken } from './accounts.ts'
import { route } from './route.ts'

/** What follows `#` in the link that a server with an empty store prints when it starts. */
export const FirstSetupToken = z
  .string()
  .startsWith(FIRST_SETUP_PREFIX)
  .regex(/^[\w.-]{47}$/)

/**
 * Makes the first enterprise of an installation, for whoever has the link that the server printed: its root node, and its
 * first administrator, who goes on with the token of the answer as with a set-up link. 404 where the token is not the
 * server's, 409 where there is an enterprise already.
 */
export const foundEnterprise = route({
  method: 'POST',
  path: '/api/v1/enterprises',
  asker: 'anyone',
  input: z.strictObject({ token: FirstSetupToken, name: z.string().trim().min(1).max(100), email: z.string().trim().min(1).max(254) }),
  answer: z.strictObject({ token: InvitationToken }),
})
