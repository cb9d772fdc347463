import { z } from 'zod'
import { route } from '../route.ts'
import { Asked, AskedMillis, paging } from './listing.ts'
import { ActivityEntry } from './timeline.ts'

/** All given filters hold. `actor` as the log names it: `user:<id>`, `automator:<id>`, `scim:<token id>`, `command`, `server`. */
const filters = {
  actor: Asked.optional(),
  action: Asked.optional(),
  /** The id of what it was done to. */
  subject: Asked.optional(),
  from: AskedMillis.optional(),
  to: AskedMillis.optional(),
}

/** The audit log, newest first. Who administers a part of the tree sees what took place there. */
export const listActivity = route({
  method: 'GET',
  path: '/api/v1/activity',
  asker: 'user',
  input: z.object({ ...filters, after: paging.after, limit: paging.limit }),
  answer: z.strictObject({ entries: z.array(ActivityEntry), next: z.string().nullable() }),
})

/** Where the same is to be had as a file, oldest first, however long it is: a GET with these fields as its query. */
export const exportPath = '/api/v1/activity/export'
export const ActivityExport = z.object({ format: z.enum(['csv', 'jsonl']), ...filters })
export type ActivityExport = z.infer<typeof ActivityExport>
