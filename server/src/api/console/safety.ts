import * as contract from '@claviger/contract/api/console/safety.ts'
import type { FastifyInstance } from 'fastify'
import type { Right } from '../../nodes/rights.ts'
import { applyHeld } from '../../safety/apply.ts'
import { rejectHeld } from '../../safety/decide.ts'
import { listHeld } from '../../safety/held.ts'
import { setLimits } from '../../safety/limits.ts'
import { setObserve } from '../../safety/observe.ts'
import { countObserved, listObserved } from '../../safety/observed.ts'
import { showSafety } from '../../safety/show.ts'
import type { Millis } from '../../storage/database.ts'
import { write } from '../../storage/write.ts'
import type { UserCaller } from '../caller.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'
import { methodWith } from './methods.ts'
import { USUAL_PAGE } from './users.ts'

/** An answer comes within this; what is left is asked for again. */
const ANSWER_MILLIS: Millis = 5_000

/** Provisioning safety: limits, what they hold, and observe mode. Who may manage the node decides. */
export function safetyRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, replay, onCommit } = context
  const allowed = (caller: UserCaller, id: string, right: Right) => methodWith(db, caller, id, right)

  serve(app, context, contract.readSafety, async (caller, { method }) =>
    contract.MethodSafety.parse(await showSafety(db, await allowed(caller, method, 'read'), Date.now())),
  )

  serve(app, context, contract.setLimits, async (caller, { method: id, ...limits }) => {
    await write(db, async (trx) => {
      const method = await methodWith(trx, caller, id, 'manage')
      await setLimits(trx, method.id, limits, caller.actor, Date.now())
    })
    return {}
  })

  serve(app, context, contract.setObserve, async (caller, { method: id, observe }) => {
    await write(db, async (trx) => {
      const method = await methodWith(trx, caller, id, 'manage')
      await setObserve(trx, method.id, observe, caller.actor, Date.now())
    })
    return {}
  })

  serve(app, context, contract.listHeld, async (caller, { method: id, which = 'open', after, before, limit = USUAL_PAGE }) => {
    const method = await allowed(caller, id, 'read')
    const { rows: held, ...places } = await listHeld(db, method.id, which, { after, before, limit })
    return contract.listHeld.answer.parse({ held, ...places })
  })

  serve(app, context, contract.applyHeld, async (caller, { method: id, ...which }) => {
    const method = await allowed(caller, id, 'manage')
    const at = Date.now()
    const decided = await applyHeld(db, replay, { methodId: method.id, ...which, actor: caller.actor, at }, at + ANSWER_MILLIS)
    onCommit()
    return decided
  })

  serve(app, context, contract.rejectHeld, async (caller, { method: id, only }) => {
    const method = await allowed(caller, id, 'manage')
    return rejectHeld(db, { methodId: method.id, only, actor: caller.actor, at: Date.now() })
  })

  serve(app, context, contract.listObserved, async (caller, { method: id, operation, after, before, limit = USUAL_PAGE }) => {
    const method = await allowed(caller, id, 'read')
    const [counts, { rows: observed, ...places }] = await Promise.all([
      countObserved(db, method.id),
      listObserved(db, method.id, operation, { after, before, limit }),
    ])
    return contract.listObserved.answer.parse({ counts, observed, ...places })
  })
}
