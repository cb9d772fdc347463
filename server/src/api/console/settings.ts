import * as contract from '@claviger/contract/api/console/settings.ts'
import type { FastifyInstance } from 'fastify'
import { changeSettings, readSettings } from '../../enterprises/settings.ts'
import { reachOf, rootOf } from '../../nodes/reach.ts'
import { hasRight, requireRightEverywhere } from '../../nodes/rights.ts'
import { write } from '../../storage/write.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** What holds for the whole enterprise. */
export function settingRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, contract.readSettings, async (caller) => {
    await reachOf(db, caller)
    const mayChange = await hasRight(db, caller.userId, await rootOf(db, caller.enterpriseId), 'manage')
    return { ...(await readSettings(db, caller.enterpriseId)), mayChange }
  })

  serve(app, context, contract.changeSettings, (caller, wanted) =>
    write(db, async (trx) => {
      await requireRightEverywhere(trx, caller, 'manage')
      return changeSettings(trx, caller.enterpriseId, wanted, caller.actor, Date.now())
    }),
  )
}
