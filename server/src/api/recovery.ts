import * as contract from '@claviger/contract/api/recovery.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { proveRecovery, requireRecoveryProof, startRecovery } from '../accounts/recovery.ts'
import {
  admitByRecoveryKey,
  checkAdmission,
  recordOpened,
  recoveryRequests,
  requireRecoverable,
  sealedUser,
} from '../accounts/recovery-by-key.ts'
import { checkRecovery, recoverAccount } from '../accounts/recovery-finish.ts'
import { renewRecoveryCode } from '../accounts/recovery-renew.ts'
import { stepIdOf } from '../accounts/recovery-ticket.ts'
import { checkRecoveryWrap, keepRecoveryWrap } from '../accounts/recovery-wrap.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { trySecondFactor } from './second-factor-try.ts'
import { serve } from './serve.ts'
import { limitSignIns } from './sign-in-limits.ts'

/** Getting an account back: with the recovery code, or by an administrator who holds the recovery key. */
export function recoveryRoutes(app: FastifyInstance, context: ApiContext): void {
  codeRoutes(app, context)
  keyRoutes(app, context)
}

function codeRoutes(app: FastifyInstance, context: ApiContext) {
  const { db, publicUrl, onCommit } = context
  const proofOf = async (request: FastifyRequest, given: { email: string; proof: string }, at: number) => {
    await limitSignIns(db, request, given.email, at)
    return requireRecoveryProof(db, given)
  }

  serve(app, context, contract.startRecovery, async (_, { registrationRequest, ...given }, request) => {
    const at = Date.now()
    return startRecovery(db, await proofOf(request, given, at), registrationRequest, publicUrl, at)
  })

  serve(app, context, contract.proveRecovery, async (_, { registrationRequest, signInId, totp, passkey, ...given }, request) => {
    const at = Date.now()
    const found = await proofOf(request, given, at)
    const proof = await trySecondFactor(context, await stepIdOf(db, signInId), { totp, passkey }, at)
    return proveRecovery(db, found, registrationRequest, proof, at)
  })

  serve(app, context, contract.finishRecovery, async (_, given, request) => {
    const checked = await checkRecovery(db, given, Date.now())
    const from = { address: request.ip, agent: request.headers['user-agent'] ?? '' }
    const session = await write(db, (trx) => recoverAccount(trx, checked, from, Date.now()))
    onCommit()
    return session
  })
}

function keyRoutes(app: FastifyInstance, context: ApiContext) {
  const { db, onCommit } = context
  serve(app, context, contract.renewRecoveryCode, async (caller, given) => {
    await write(db, (trx) => renewRecoveryCode(trx, caller, given, Date.now()))
    onCommit()
    return {}
  })

  serve(app, context, contract.putRecoveryWrap, async (caller, { wrap }) => {
    const wanted = await checkRecoveryWrap(db, caller.enterpriseId, wrap)
    await write(db, (trx) => keepRecoveryWrap(trx, caller, wanted))
    return {}
  })

  serve(app, context, contract.listRecoveryRequests, async (caller) => ({ requests: await recoveryRequests(db, caller, Date.now()) }))

  serve(app, context, contract.openForRecovery, async (caller, { requestId }, request) => {
    const at = Date.now()
    const waiting = await requireRecoverable(db, caller, requestId, at)
    const sealed = await sealedUser(db, caller, waiting.userId)
    await write(db, (trx) => recordOpened(trx, caller, waiting, request.ip, at))
    onCommit()
    return sealed
  })

  serve(app, context, contract.admitByRecovery, async (caller, { requestId, ...given }) => {
    const waiting = await requireRecoverable(db, caller, requestId, Date.now())
    const admission = await checkAdmission(db, caller, waiting, given)
    await write(db, (trx) => admitByRecoveryKey(trx, caller, admission, Date.now()))
    onCommit()
    return {}
  })
}
