import { createHash, randomBytes } from 'node:crypto'
import type { SessionGiven } from '@claviger/contract/api/sessions.ts'
import { record } from '../audit/record.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { prepare } from '../storage/prepared.ts'

const DAY = 24 * 60 * 60 * 1000
/** A session that nobody uses ends after this; used, it is prolonged. */
const IDLE_MILLIS: Millis = 30 * DAY
/** And after this it ends whatever is done with it. */
const LONGEST_MILLIS: Millis = 90 * DAY
/** When a session was last used is worth a write this often. */
const USE_EVERY: Millis = 5 * 60 * 1000

/** Who is signed in, as far as a request needs it. */
export interface Session {
  sessionId: string
  userId: string
  email: string
  enterpriseId: string
  nodeId: string
  deviceId: string | null
  provenAt: Millis
  usedAt: Millis
  createdAt: Millis
}

/** The hash under which a token is stored: 256 random bits need no stretching. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** A new token with this prefix: 32 random bytes in base64url. */
export function newToken(prefix: 'cs_' | 'ca_' | 'cr_'): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`
}

/**
 * Makes a session for a user who has just proven who they are, or earlier: `provenAt`. The token is in the answer and
 * nowhere else.
 */
export async function createSession(
  trx: Trx,
  {
    userId,
    enterpriseId,
    deviceId,
    address,
    agent,
    provenAt,
  }: { userId: string; enterpriseId: string; deviceId: string | null; address: string; agent: string; provenAt?: Millis },
  at: Millis,
): Promise<SessionGiven> {
  const sessionId = newId()
  const token = newToken('cs_')
  const expiresAt = at + IDLE_MILLIS
  await trx
    .insertInto('sessions')
    .values({
      id: sessionId,
      user_id: userId,
      device_id: deviceId,
      token_hash: hashToken(token),
      created_at: at,
      proven_at: provenAt ?? at,
      used_at: at,
      expires_at: expiresAt,
      ended_at: null,
      address: address.slice(0, 64),
      agent: agent.slice(0, 200),
    })
    .execute()
  await record(trx, { enterpriseId, at, actor: `user:${userId}`, action: 'session.started', subjectKind: 'session', subjectId: sessionId })
  await announce(trx, { enterpriseId, kind: 'account', subjectId: userId, at })
  return { sessionId, token, expiresAt }
}

const selectSession = prepare<{ hash: string; at: Millis }>()((db, p) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['s.id', 's.user_id', 's.device_id', 's.proven_at', 's.used_at', 's.created_at', 'u.email', 'u.enterprise_id', 'u.node_id'])
    .where('s.token_hash', '=', p.hash)
    .where('s.ended_at', 'is', null)
    .where('s.expires_at', '>', p.at)
    // A lock holds here, whatever became of the session's own row.
    .where('u.status', '=', 'active')
    .where('u.deleted_at', 'is', null),
)

/** The session that a token opens now; undefined where it is unknown, over, or its user locked or deleted. */
export async function findSession(db: Db, token: string, at: Millis): Promise<Session | undefined> {
  const { rows } = await selectSession(db, { hash: hashToken(token), at })
  const [row] = rows
  return (
    row && {
      sessionId: row.id,
      userId: row.user_id,
      email: row.email,
      enterpriseId: row.enterprise_id,
      nodeId: row.node_id,
      deviceId: row.device_id,
      provenAt: row.proven_at,
      usedAt: row.used_at,
      createdAt: row.created_at,
    }
  )
}

/** Whether the use of a session should be recorded now. */
export function isSessionUseDue({ usedAt }: Session, at: Millis): boolean {
  return at - usedAt >= USE_EVERY
}

/** Notes that a session is used, which prolongs it. */
export async function recordSessionUse(trx: Trx, { sessionId, createdAt, deviceId }: Session, at: Millis): Promise<void> {
  const expiresAt = Math.min(at + IDLE_MILLIS, createdAt + LONGEST_MILLIS)
  await trx
    .updateTable('sessions')
    .set({ used_at: at, expires_at: expiresAt })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute()
  if (deviceId !== null) await trx.updateTable('devices').set({ seen_at: at }).where('id', '=', deviceId).execute()
}

/**
 * Ends sessions of a user: all of them, those of one device, or one; `except` stays. Open streams see the change and end
 * too, on every process. @returns how many ended
 */
export async function endSessions(
  trx: Trx,
  user: { userId: string; enterpriseId: string },
  at: Millis,
  which: { deviceId?: string; sessionId?: string; except?: string } = {},
): Promise<number> {
  const { deviceId, sessionId, except } = which
  const ended = await trx
    .updateTable('sessions')
    .set({ ended_at: at })
    .where('user_id', '=', user.userId)
    .where('ended_at', 'is', null)
    .$if(deviceId !== undefined, (query) => query.where('device_id', '=', deviceId ?? ''))
    .$if(sessionId !== undefined, (query) => query.where('id', '=', sessionId ?? ''))
    .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
    .returning('id')
    .execute()
  if (ended.length > 0) await announce(trx, { enterpriseId: user.enterpriseId, kind: 'account', subjectId: user.userId, at })
  return ended.length
}

/** Ends the session that asks for it. */
export async function signOut(
  trx: Trx,
  { userId, enterpriseId, sessionId, actor }: { userId: string; enterpriseId: string; sessionId: string; actor: string },
  at: Millis,
): Promise<void> {
  const ended = await endSessions(trx, { userId, enterpriseId }, at, { sessionId })
  if (ended === 0) return
  await record(trx, { enterpriseId, at, actor, action: 'session.ended', subjectKind: 'session', subjectId: sessionId })
}

/** Removes at most `limit` sessions that were over before `before`. @returns how many */
export async function removeOldSessions(trx: Trx, before: Millis, limit: number): Promise<number> {
  const removed = await trx
    .deleteFrom('sessions')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('sessions')
        .select('id')
        .where((of) => of.or([of('expires_at', '<', before), of('ended_at', '<', before)]))
        .limit(limit),
    )
    .returning('id')
    .execute()
  return removed.length
}
