import { changePassword, startPasswordChange } from '@claviger/contract/api/password.ts'
import type { FastifyInstance } from 'fastify'
import { answerRegistration } from '../accounts/opaque-server.ts'
import { replacePassword } from '../accounts/password.ts'
import { notify } from '../notices/notify.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** A new password for somebody who has just proven the old one, or was recovered. */
export function passwordRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, onCommit } = context
  serve(app, context, startPasswordChange, async ({ userId }, { registrationRequest }) => ({
    registrationResponse: await answerRegistration(db, userId, registrationRequest),
  }))

  serve(app, context, changePassword, async (caller, given, request) => {
    const at = Date.now()
    const detail = { address: request.ip, agent: request.headers['user-agent'] ?? '' }
    await write(db, async (trx) => {
      await replacePassword(trx, caller, given, at)
      await notify(trx, { ...caller, kind: 'password-changed', detail }, at)
    })
    onCommit()
    return {}
  })
}
