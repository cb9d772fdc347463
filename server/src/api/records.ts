import {
  addRecords,
  binRecord,
  listRecords,
  moveRecord,
  readHistory,
  readRecord,
  readRecordKeys,
  readVersion,
  saveRecord,
} from '@claviger/contract/api/records.ts'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import { write } from '../storage/write.ts'
import * as bin from '../vault/bin.ts'
import * as opens from '../vault/opens.ts'
import * as reads from '../vault/read-records.ts'
import * as writes from '../vault/write-records.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Records: lists, contents, history, bin. */
export function recordRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, listRecords, (caller, { folder, ...from }) => reads.listRecords(db, caller, folder, from))
  serve(app, context, addRecords, (caller, { folder, records }) =>
    write(db, (trx) => writes.addRecords(trx, caller, folder, records, Date.now())),
  )
  serve(app, context, saveRecord, (caller, { id, record, key, settled }) => {
    requireSame(id, record.id)
    return write(db, (trx) => writes.saveRecord(trx, caller, { record, key, settled }, Date.now()))
  })
  serve(app, context, readRecord, (caller, { id }) => opens.openRecord(db, caller, id, Date.now(), () => opens.readRecord(db, caller, id)))
  serve(app, context, readHistory, async (caller, { id }) => ({ versions: await reads.readHistory(db, caller, id) }))
  serve(app, context, readVersion, (caller, { id, version }) =>
    opens.openRecord(db, caller, id, Date.now(), () => reads.readVersion(db, id, version)),
  )
  serve(app, context, binRecord, async (caller, { id, act }) => {
    const at = Date.now()
    await write(db, (trx) =>
      act === 'purge' ? bin.purgeRecord(trx, caller, id, at) : bin.setRecordBinned(trx, caller, id, act === 'bin', at),
    )
    return {}
  })
  serve(app, context, readRecordKeys, async (caller, { id }) => ({ keys: await reads.readRecordKeys(db, caller, id) }))
  serve(app, context, moveRecord, (caller, { id, record, keys }) => {
    requireSame(id, record.id)
    return write(db, (trx) => bin.moveRecord(trx, caller, record, keys, Date.now()))
  })
}

function requireSame(inPath: string, inBody: string): void {
  if (inPath !== inBody) throw new AppError('invalid_value', 'The record in the body is another one than in the address.')
}
