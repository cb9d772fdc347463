import { z } from 'zod'
import { SealedAttachment } from '../attachment.ts'
import { AttachmentId } from '../ids.ts'
import { AesSealed } from '../sealed.ts'
import { wholeFrom } from '../shape.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

const Position = wholeFrom(0)

/** Begins an upload. One that was begun before, with the same fields, goes on: `missing` are the chunks still to come. */
export const startAttachment = route({
  method: 'POST',
  path: '/api/v1/attachments',
  asker: 'user',
  input: SealedAttachment,
  answer: z.strictObject({ missing: z.array(Position) }),
})

/** Puts one chunk in its place. Only who began the upload may, until it is complete; the same place again takes the new one. */
export const putChunk = route({
  method: 'PUT',
  path: '/api/v1/attachments/:id/chunks/:position',
  asker: 'user',
  input: z.strictObject({ id: AttachmentId, position: z.coerce.number().pipe(Position), sealed: AesSealed }),
  answer: Done,
})

/** Ends an upload of which all chunks are there: from now on others see it. */
export const completeAttachment = route({
  method: 'POST',
  path: '/api/v1/attachments/:id/complete',
  asker: 'user',
  input: z.strictObject({ id: AttachmentId }),
  answer: Done,
})

/** One chunk. */
export const readChunk = route({
  method: 'GET',
  path: '/api/v1/attachments/:id/chunks/:position',
  asker: 'user',
  input: z.object({ id: AttachmentId, position: z.coerce.number().pipe(Position) }),
  answer: z.strictObject({ sealed: AesSealed }),
})

/** Removes an attachment, or an upload that is not to go on. Needs the role `edit`. */
export const removeAttachment = route({
  method: 'POST',
  path: '/api/v1/attachments/:id/remove',
  asker: 'user',
  input: z.strictObject({ id: AttachmentId }),
  answer: Done,
})
