import { enrolAutomator, listAutomators, removeAutomator } from '@claviger/contract/api/automators.ts'
import { AutomatorId } from '@claviger/contract/ids.ts'
import type { FastifyInstance } from 'fastify'
import { enrol, listEnrolled, remove } from '../automators/automators.ts'
import { verifyAppend } from '../enterprise-log/append.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import { administeredNodes } from '../nodes/rights.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Enrolling, listing and removing automators. Who may change them, the log decides: the entry must be of an administrator with the right. */
export function automatorRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, enrolAutomator, async (caller, { entries, ...wanted }) => {
    const append = await verifyAppend(db, caller, entries)
    const token = await write(db, (trx) => enrol(trx, append, wanted, caller.actor, Date.now()))
    return { automatorId: wanted.automatorId, token }
  })

  serve(app, context, listAutomators, async ({ enterpriseId, userId }) => {
    if ((await administeredNodes(db, userId, 'read')).length === 0) {
      throw new AppError('forbidden', 'Only administrators see the automators: ask one of them.')
    }
    const enrolled = await listEnrolled(db, enterpriseId, await currentLog(db, enterpriseId))
    return { automators: enrolled.map((automator) => ({ ...automator, automatorId: AutomatorId.parse(automator.automatorId) })) }
  })

  serve(app, context, removeAutomator, async (caller, { automator, entries }) => {
    const append = await verifyAppend(db, caller, entries)
    await write(db, (trx) => remove(trx, append, automator, caller.actor, Date.now()))
    return {}
  })
}
