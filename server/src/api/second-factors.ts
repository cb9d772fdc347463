import {
  confirmSecondFactor,
  listSecondFactors,
  removeSecondFactor,
  startPasskey,
  startTotp,
} from '@claviger/contract/api/second-factors.ts'
import type { FastifyInstance } from 'fastify'
import {
  beginPasskey,
  beginTotp,
  checkEnrolment,
  confirmFactor,
  removeFactor,
  secondFactorsOf,
} from '../accounts/second-factor-enrolment.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { limitFactorTries } from './second-factor-try.ts'
import { serve } from './serve.ts'

/** Setting up second factors and taking them away. Showing one is a step of the sign-in. */
export function secondFactorRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, publicUrl, onCommit } = context
  serve(app, context, listSecondFactors, async ({ userId }) => ({
    factors: (await secondFactorsOf(db, userId)).map(({ credentialId: _, ...factor }) => factor),
  }))

  serve(app, context, startTotp, (caller, { name }) => beginTotp(db, publicUrl, caller, name, Date.now()))

  serve(app, context, startPasskey, (caller, { name }) => beginPasskey(db, publicUrl, caller, name, Date.now()))

  serve(app, context, confirmSecondFactor, async (caller, { factorId, totp, passkey }) => {
    const at = Date.now()
    await limitFactorTries(db, caller.userId, at)
    const factor = await checkEnrolment(db, publicUrl, caller, factorId, { totp, passkey }, at)
    await write(db, (trx) => confirmFactor(trx, caller, factor, at))
    onCommit()
    return {}
  })

  serve(app, context, removeSecondFactor, async (caller, { factorId }) => {
    await write(db, (trx) => removeFactor(trx, caller, factorId, Date.now()))
    onCommit()
    return {}
  })
}
