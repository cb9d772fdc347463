import { createHash, randomBytes } from 'node:crypto'
import type { Action } from '@claviger/contract/api/console/actions.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Database, Db, EmailPolicy, Flag, MethodState, Millis, PausedBy, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'

/** A method has one token, or two while one is being rotated. */
const MOST_TOKENS = 2
/** `last_used_at` is kept to the minute, so that reading costs no write. */
const USE_RECORDED_EVERY = 60_000

type Method = Pick<Database['provisioning_methods'], 'id' | 'enterprise_id' | 'node_id'>

/** What a provisioning token proves. */
export interface TokenHolder {
  tokenId: string
  methodId: string
  nodeId: string
  enterpriseId: string
  state: MethodState
  pausedBy: PausedBy | null
  observe: Flag
  emailPolicy: EmailPolicy
  expiresAt: Millis | null
  revokedAt: Millis | null
  lastUsedAt: Millis | null
}

const selectHolder = prepare<{ hash: string }>()((db, p) =>
  db
    .selectFrom('provisioning_tokens as token')
    .innerJoin('provisioning_methods as method', 'method.id', 'token.method_id')
    .select([
      'token.id as tokenId',
      'method.id as methodId',
      'method.node_id as nodeId',
      'method.enterprise_id as enterpriseId',
      'method.state',
      'method.paused_by as pausedBy',
      'method.observe',
      'method.email_policy as emailPolicy',
      'token.expires_at as expiresAt',
      'token.revoked_at as revokedAt',
      'token.last_used_at as lastUsedAt',
    ])
    .where('token.hash', '=', p.hash),
)

const updateLastUsed = prepare<{ id: string; at: Millis }>()((db, p) =>
  db.updateTable('provisioning_tokens').set({ last_used_at: p.at }).where('id', '=', p.id),
)

/**
 * Makes a token: 256 random bits, in base64url. Only its hash is kept, so this is the one time it can be shown.
 * @param expiresAt null: it does not expire
 * @throws AppError `conflict` where the method has two valid ones already.
 */
export async function issueToken(trx: Trx, method: Method, actor: string, at: Millis, expiresAt: Millis | null = null): Promise<string> {
  // Writing to the method makes two who issue at once wait for each other: together they could make a third token.
  await trx
    .updateTable('provisioning_methods')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('id', '=', method.id)
    .execute()
  const valid = await validTokens(trx, method.id, at)
  if (valid.length >= MOST_TOKENS) {
    throw new AppError(
      'conflict',
      'this method has two valid tokens already: revoke the one that the directory no longer uses, then make another',
    )
  }
  const token = randomBytes(32).toString('base64url')
  const id = newId()
  await trx
    .insertInto('provisioning_tokens')
    .values({
      id,
      method_id: method.id,
      hash: hashOf(token),
      hint: token.slice(-4),
      created_at: at,
      expires_at: expiresAt,
      last_used_at: null,
      revoked_at: null,
    })
    .execute()
  await tell(trx, method, 'token.issued', id, actor, at)
  return token
}

/** The tokens with which the method can be called now, oldest first. */
export function validTokens(db: Db, methodId: string, now: Millis) {
  return db
    .selectFrom('provisioning_tokens')
    .select(['id', 'hint', 'created_at', 'expires_at', 'last_used_at'])
    .where('method_id', '=', methodId)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .orderBy('id')
    .execute()
}

/** Ends a token at once. @throws AppError `not_found` */
export async function revokeToken(trx: Trx, method: Method, tokenId: string, actor: string, at: Millis): Promise<void> {
  const revoked = await trx
    .updateTable('provisioning_tokens')
    .set({ revoked_at: at })
    .where('id', '=', tokenId)
    .where('method_id', '=', method.id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!revoked) throw new AppError('not_found', `method ${method.id} has no valid token ${tokenId}`)
  await tell(trx, method, 'token.revoked', tokenId, actor, at)
}

async function tell(trx: Trx, method: Method, action: Action, tokenId: string, actor: string, at: Millis): Promise<void> {
  const { id, enterprise_id: enterpriseId, node_id: nodeId } = method
  await record(trx, { enterpriseId, nodeId, at, actor, action, subjectKind: 'token', subjectId: tokenId, detail: { method: id } })
  await announce(trx, { enterpriseId, kind: 'method', subjectId: id, at })
}

/** Who holds this token, valid or not; undefined where it was never issued. Found by hash, so nothing is compared in time. */
export async function findTokenHolder(db: Db, token: string): Promise<TokenHolder | undefined> {
  const { rows } = await selectHolder(db, { hash: hashOf(token) })
  return rows[0]
}

/** Whether a use at `now` is to be recorded with recordUse. */
export function isUseDue(holder: TokenHolder, now: Millis): boolean {
  return holder.lastUsedAt === null || now - holder.lastUsedAt >= USE_RECORDED_EVERY
}

export async function recordUse(trx: Trx, tokenId: string, at: Millis): Promise<void> {
  await updateLastUsed(trx, { id: tokenId, at })
}

/** A token of 256 random bits cannot be guessed from its plain hash. */
function hashOf(token: string) {
  return createHash('sha256').update(token).digest('base64url')
}
