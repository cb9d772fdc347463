import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { type HitAnswer, peekHits, takeHit } from '../http/rate-limit.ts'
import type { ProvenNodeId } from '../nodes/scope.ts'
import { methodBaseUrl } from '../provisioning/methods.ts'
import { findTokenHolder, isUseDue, recordUse, type TokenHolder } from '../provisioning/tokens.ts'
import { write } from '../storage/write.ts'
import type { ScimCaller } from './caller.ts'
import type { ScimContext } from './context.ts'
import { pausedByAdministrator } from './pauses.ts'

/** Failed authentications that one address may make in a window, before the answer is 429. */
const FAILURES = 30
const FAILURE_WINDOW = 60_000
const SECOND = 1_000

/**
 * Finds whose request it is by its bearer token, and minds the rate. A token opens its own node only. Right tokens pass
 * from an address that others guess from: many installations of a directory share their addresses.
 * @throws AppError `unauthenticated`, `paused`, `rate_limited`
 */
export async function authenticate(context: ScimContext, request: FastifyRequest, nodeId: string): Promise<ScimCaller> {
  const now = Date.now()
  const token = bearerToken(request.headers.authorization)
  const known = token === undefined ? undefined : await findTokenHolder(context.db, token)
  const holder = check(known, nodeId, now)
  if (holder instanceof AppError) {
    const failures = await countFailure(context, request.ip, now)
    if (!failures.allowed) throw tooMany('Too many failed sign-ins from this address.', failures.retryAfter)
    if (known?.nodeId === nodeId) context.log.refused(request, known, holder, now)
    throw holder
  }
  const caller = callerOf(context, holder)
  // What its limits have paused goes on to perform.ts, which applies nothing of it. Reads are answered: some directories read
  // before each change, and would else never come to say what they want.
  if (holder.state === 'paused' && holder.pausedBy !== 'breaker') {
    const paused = pausedByAdministrator()
    context.log.refused(request, holder, paused, now)
    throw paused
  }
  if (context.scimRate > 0) await mindRate(context, request, holder, now)
  // Not waited for: when a token was last used is worth a write a minute, not a request's time.
  if (isUseDue(holder, now)) {
    write(context.db, (trx) => recordUse(trx, holder.tokenId, now)).catch((error: unknown) =>
      request.log.warn(error, 'use of token not recorded'),
    )
  }
  return caller
}

/** `Bearer <token>`, or the bare token: Okta's header authentication can send it so. */
function bearerToken(header: string | undefined): string | undefined {
  const token = header?.replace(/^bearer /i, '').trim()
  return token === '' ? undefined : token
}

/** The holder of a token that opens this node now, or why it does not. */
function check(holder: TokenHolder | undefined, nodeId: string, now: number): TokenHolder | AppError {
  if (!holder) return noToken()
  if (holder.nodeId !== nodeId) {
    return new AppError(
      'unauthenticated',
      'This token belongs to another node: check that URL and Token come from the same provisioning method.',
    )
  }
  if (holder.revokedAt !== null) {
    return new AppError('unauthenticated', 'This token has been revoked: copy the current one from the provisioning method.')
  }
  if (holder.expiresAt !== null && holder.expiresAt <= now) {
    return new AppError('unauthenticated', 'This token has expired: rotate the token of the provisioning method, and copy the new one.')
  }
  if (holder.state === 'draft') {
    return new AppError(
      'unauthenticated',
      'The provisioning method has not been saved. Save it in the Admin Console (or: claviger method save), then test again.',
    )
  }
  return holder
}

function noToken() {
  return new AppError(
    'unauthenticated',
    'No valid provisioning token came with this request: send "Authorization: Bearer <token>" with the token that the provisioning method showed.',
  )
}

function callerOf(context: ScimContext, holder: TokenHolder): ScimCaller {
  return {
    nodeId: holder.nodeId as ProvenNodeId,
    enterpriseId: holder.enterpriseId,
    methodId: holder.methodId,
    tokenId: holder.tokenId,
    emailPolicy: holder.emailPolicy,
    mode: holder.state === 'paused' ? 'held' : holder.observe === 1 ? 'observed' : 'active',
    base: methodBaseUrl(context.publicUrl, holder.nodeId),
  }
}

/** Past the limit it only reads: whoever keeps guessing is not worth a write each time. */
async function countFailure(context: ScimContext, address: string, now: number): Promise<HitAnswer> {
  const key = `scim-failures:${address}`
  const seen = await peekHits(context.db, key, FAILURES, now)
  return seen.allowed ? takeHit(context.db, key, FAILURES, FAILURE_WINDOW, now) : seen
}

async function mindRate(context: ScimContext, request: FastifyRequest, holder: TokenHolder, now: number) {
  const rate = await takeHit(context.db, `scim-rate:${holder.tokenId}`, context.scimRate, SECOND, now)
  if (rate.allowed) return
  const refused = tooMany(`This token may make ${context.scimRate} requests a second.`, rate.retryAfter)
  context.log.refused(request, holder, refused, now)
  throw refused
}

function tooMany(words: string, retryAfter: number) {
  return new AppError('rate_limited', `${words} Try again in ${retryAfter} s.`, { retryAfter })
}
