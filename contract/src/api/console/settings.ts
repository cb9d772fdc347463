import { z } from 'zod'
import { route } from '../route.ts'

/** What holds for the whole enterprise. */
export const Settings = z.strictObject({
  enterpriseName: z.string(),
  /** How long deleted users are kept. */
  retentionDays: z.int(),
  /** How long an invitation can be accepted. Those that went out keep their term. */
  invitationDays: z.int(),
  /** First and last names are shown in the Admin Console (story 8). */
  showNames: z.boolean(),
})
export type Settings = z.infer<typeof Settings>

/** For every administrator. `mayChange`: the caller is a full administrator of the root. */
export const readSettings = route({
  method: 'GET',
  path: '/api/v1/settings',
  asker: 'user',
  input: z.object({}),
  answer: Settings.extend({ mayChange: z.boolean() }),
})

/** Changes what is given. A shorter retention holds for who was deleted before, too. */
export const changeSettings = route({
  method: 'PUT',
  path: '/api/v1/settings',
  asker: 'user',
  input: z.strictObject({
    enterpriseName: z.string().trim().min(1).max(100).optional(),
    retentionDays: z.int().min(1).max(3_650).optional(),
    invitationDays: z.int().min(1).max(90).optional(),
    showNames: z.boolean().optional(),
  }),
  answer: Settings,
})
