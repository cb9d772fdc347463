import { appendLog, readHeldKeys, readLog } from '@claviger/contract/api/log.ts'
import type { FastifyInstance } from 'fastify'
import { verifyAppend } from '../enterprise-log/append.ts'
import { heldKeysOf } from '../enterprise-log/held-keys.ts'
import { appendPlain } from '../enterprise-log/plain-append.ts'
import { readEntries } from '../enterprise-log/read.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Reading and appending to the enterprise log, and the keys that several people hold. */
export function logRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, readLog, ({ enterpriseId }, { from }) => readEntries(db, enterpriseId, from))

  serve(app, context, appendLog, async (caller, { entries, heldKeys }) => {
    const append = await verifyAppend(db, caller, entries)
    await write(db, (trx) => appendPlain(trx, append, heldKeys, caller, Date.now()))
    return { length: append.state.length }
  })

  serve(app, context, readHeldKeys, async (caller) => ({
    heldKeys: await heldKeysOf(db, caller.enterpriseId, caller.kind === 'user' ? caller.userId : caller.automatorId),
  }))
}
