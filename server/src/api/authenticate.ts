import type { Asker } from '@claviger/contract/api/route.ts'
import { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { FastifyRequest } from 'fastify'
import { findAutomator, isSeenDue, recordSeen } from '../automators/automators.ts'
import { AppError } from '../errors.ts'
import { findSession, isSessionUseDue, recordSessionUse } from '../sessions/sessions.ts'
import type { Db, Millis } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import type { ApproverCaller } from './caller.ts'

/** How long a proof of who somebody is counts as fresh. */
const FRESH_MILLIS: Millis = 5 * 60 * 1000

/**
 * Who makes a request, by its bearer token, where the route wants somebody.
 * @throws AppError `unauthenticated` without a session that is open, `forbidden` where the proof is not fresh, or an
 * automator asks for what only people may do
 */
export async function authenticate(db: Db, request: FastifyRequest, asker: Exclude<Asker, 'anyone'>): Promise<ApproverCaller> {
  const at = Date.now()
  const token = request.headers.authorization?.replace(/^bearer /i, '').trim() ?? ''
  const caller = token.startsWith('ca_') ? await automatorCaller(db, request, token, at) : await userCaller(db, request, token, at)
  if (caller.kind === 'automator' && asker !== 'approver') throw new AppError('forbidden', 'Automators cannot do this: it is for people.')
  if (asker === 'fresh' && caller.kind === 'user' && at - caller.provenAt > FRESH_MILLIS) {
    throw new AppError('forbidden', 'This needs a fresh sign-in: sign in again, then do it within five minutes.')
  }
  return caller
}

async function userCaller(db: Db, request: FastifyRequest, token: string, at: Millis): Promise<ApproverCaller> {
  const session = token === '' ? undefined : await findSession(db, token, at)
  if (!session) throw new AppError('unauthenticated', 'You are signed out: sign in to go on.')
  if (isSessionUseDue(session, at)) {
    // Not waited for: when a session was last used is not worth a request's time.
    write(db, (trx) => recordSessionUse(trx, session, at)).catch((error: unknown) => request.log.warn(error, 'use of session not recorded'))
  }
  const { userId, email, enterpriseId, nodeId, sessionId, deviceId, provenAt } = session
  const enterprise = await logIdOf(db, enterpriseId)
  return { kind: 'user', userId, email, enterpriseId, enterprise, nodeId, sessionId, deviceId, provenAt, actor: `user:${userId}` }
}

async function automatorCaller(db: Db, request: FastifyRequest, token: string, at: Millis): Promise<ApproverCaller> {
  const automator = await findAutomator(db, token)
  if (!automator) throw new AppError('unauthenticated', 'This automator is not enrolled any more, or its token is wrong: enrol it again.')
  const { automatorId, enterpriseId } = automator
  if (isSeenDue(automator, at)) {
    write(db, (trx) => recordSeen(trx, automatorId, at)).catch((error: unknown) => request.log.warn(error, 'automator not noted as seen'))
  }
  const enterprise = await logIdOf(db, enterpriseId)
  return { kind: 'automator', automatorId, enterpriseId, enterprise, actor: `automator:${automatorId}` }
}

/** Never changes once it is set. */
const logIds = new WeakMap<Db, Map<string, EnterpriseLogId>>()

async function logIdOf(db: Db, enterpriseId: string): Promise<EnterpriseLogId> {
  const known = logIds.get(db) ?? new Map<string, EnterpriseLogId>()
  logIds.set(db, known)
  const cached = known.get(enterpriseId)
  if (cached !== undefined) return cached
  const row = await db.selectFrom('enterprises').select('log_id').where('id', '=', enterpriseId).executeTakeFirst()
  if (!row?.log_id) throw new AppError('unauthenticated', 'This enterprise is not set up yet.')
  const id = EnterpriseLogId.parse(row.log_id)
  known.set(enterpriseId, id)
  return id
}
