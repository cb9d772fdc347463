import { completeAttachment, putChunk, readChunk, removeAttachment, startAttachment } from '@claviger/contract/api/attachments.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import type { FastifyInstance } from 'fastify'
import { write } from '../storage/write.ts'
import * as attachments from '../vault/attachments.ts'
import { openRecord } from '../vault/opens.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Attachments of records, chunk by chunk. */
export function attachmentRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, startAttachment, async (caller, wanted) => ({
    missing: await write(db, (trx) => attachments.startAttachment(trx, caller, wanted, Date.now())),
  }))
  serve(app, context, putChunk, async (caller, { id, position, sealed }) => {
    await write(db, (trx) => attachments.putChunk(trx, caller, id, position, sealed))
    return {}
  })
  serve(app, context, completeAttachment, async (caller, { id }) => {
    await write(db, (trx) => attachments.completeAttachment(trx, caller, id, Date.now()))
    return {}
  })
  serve(app, context, readChunk, async (caller, { id, position }) => {
    const recordId = await attachments.recordOfAttachment(db, caller, id)
    const sealed = await openRecord(db, caller, recordId, Date.now(), () => attachments.readChunk(db, id, position))
    return { sealed: AesSealed.parse(sealed) }
  })
  serve(app, context, removeAttachment, async (caller, { id }) => {
    await write(db, (trx) => attachments.removeAttachment(trx, caller, id, Date.now()))
    return {}
  })
}
