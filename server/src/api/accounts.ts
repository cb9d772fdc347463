import * as contract from '@claviger/contract/api/accounts.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { describeMe } from '../accounts/me.ts'
import { answerRegistration } from '../accounts/opaque-server.ts'
import { checkRegistration, finishRegistration } from '../accounts/register.ts'
import { askSecondFactor, useSecondFactor } from '../accounts/second-factor.ts'
import { findAcceptable } from '../invitations/accept.ts'
import { createSession, signOut } from '../sessions/sessions.ts'
import { admitSignIn, endSignIn, keepForSecondFactor, provePassword, startSignIn } from '../sessions/sign-in.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { trySecondFactor } from './second-factor-try.ts'
import { serve } from './serve.ts'
import { limitLinks, limitSignIns } from './sign-in-limits.ts'

/** Registering with a link, signing in with a password, and who is signed in. */
export function accountRoutes(app: FastifyInstance, context: ApiContext): void {
  registrationRoutes(app, context)
  signInRoutes(app, context)
  const { db } = context
  serve(app, context, contract.me, (caller) => describeMe(db, caller))

  serve(app, context, contract.signOut, async (caller) => {
    await write(db, (trx) => signOut(trx, caller, Date.now()))
    return {}
  })
}

function registrationRoutes(app: FastifyInstance, context: ApiContext) {
  const { db, onCommit } = context
  const invitationOf = async (request: FastifyRequest, token: string) => {
    const at = Date.now()
    await limitLinks(db, request, at)
    return findAcceptable(db, token, at)
  }

  serve(app, context, contract.readInvitation, async (_, { token }, request) => {
    const { invitationId: _id, enterpriseId: _enterprise, ...shown } = await invitationOf(request, token)
    return shown
  })

  serve(app, context, contract.startRegistration, async (_, { token, registrationRequest }, request) => {
    const { userId } = await invitationOf(request, token)
    return { registrationResponse: await answerRegistration(db, userId, registrationRequest) }
  })

  serve(app, context, contract.finishRegistration, async (_, { token, registrationRecord, ...given }, request) => {
    const invitation = await invitationOf(request, token)
    const checked = await checkRegistration(db, invitation, { ...given, opaqueRecord: registrationRecord })
    const session = await write(db, (trx) => finishRegistration(trx, checked, whereFrom(request), Date.now()))
    onCommit()
    return session
  })
}

function signInRoutes(app: FastifyInstance, context: ApiContext) {
  const { db, publicUrl } = context
  serve(app, context, contract.startSignIn, async (_, input, request) => {
    const at = Date.now()
    await limitSignIns(db, request, input.email, at)
    return startSignIn(db, input, at)
  })

  serve(app, context, contract.finishSignIn, async (_, { deviceId, ...given }, request) => {
    const at = Date.now()
    const proven = await provePassword(db, given, at)
    const asked = await askSecondFactor(db, proven.userId, publicUrl)
    if (asked !== null) {
      await write(db, (trx) => keepForSecondFactor(trx, proven, { state: asked.state, deviceId }, at))
      return { kind: 'second-factor' as const, factors: asked.factors, passkey: asked.passkey }
    }
    const session = await write(db, async (trx) => {
      const admitted = await admitSignIn(trx, proven.userId, deviceId)
      await endSignIn(trx, proven)
      return createSession(trx, { ...admitted, ...whereFrom(request) }, at)
    })
    return { kind: 'signed-in' as const, session }
  })

  serve(app, context, contract.secondFactor, async (_, { signInId, ...answer }, request) => {
    const at = Date.now()
    const proof = await trySecondFactor(context, signInId, answer, at)
    return write(db, async (trx) => {
      const admitted = await admitSignIn(trx, proof.userId, proof.deviceId)
      await useSecondFactor(trx, proof, at)
      return createSession(trx, { ...admitted, ...whereFrom(request) }, at)
    })
  })
}

/** What a session remembers of where it was begun. */
function whereFrom(request: FastifyRequest): { address: string; agent: string } {
  return { address: request.ip, agent: request.headers['user-agent'] ?? '' }
}
