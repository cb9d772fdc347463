import { isSessionUseDue, recordSessionUse, type Session } from '../sessions/sessions.ts'
import type { Db, Millis } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { write } from '../storage/write.ts'

/** Who reads the feed: somebody signed in with a session, or an automator. */
export type Reader =
  | { readonly kind: 'user'; readonly id: string; readonly enterpriseId: string; readonly sessionId: string }
  | { readonly kind: 'automator'; readonly id: string; readonly enterpriseId: string }

const selectSessions = prepare<{ ids: string; at: Millis }>()((db, p, dialect) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['s.id', 's.user_id', 's.device_id', 's.proven_at', 's.used_at', 's.created_at', 'u.email', 'u.enterprise_id', 'u.node_id'])
    .where('s.id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.ids)).select('ids.value'))
    .where('s.ended_at', 'is', null)
    .where('s.expires_at', '>', p.at)
    .where('u.status', '=', 'active')
    .where('u.deleted_at', 'is', null),
)

const selectAutomators = prepare<{ ids: string }>()((db, p, dialect) =>
  db
    .selectFrom('automators')
    .select('id')
    .where('id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.ids)).select('ids.value'))
    .where('removed_at', 'is', null),
)

/** Of these readers, those who are still let in: session open, user not locked, automator not removed. */
export async function stillIn<R extends Reader>(db: Db, readers: readonly R[], at: Millis): Promise<ReadonlySet<R>> {
  const sessions = new Set((await openSessions(db, readers, at)).map(({ sessionId }) => sessionId))
  const automators = readers.filter(({ kind }) => kind === 'automator').map(({ id }) => id)
  const enrolled = automators.length === 0 ? [] : (await selectAutomators(db, { ids: JSON.stringify(automators) })).rows
  const known = new Set(enrolled.map(({ id }) => id))
  return new Set(readers.filter((reader) => (reader.kind === 'user' ? sessions.has(reader.sessionId) : known.has(reader.id))))
}

/** Notes that these readers' sessions are used: who has a vault open is there, though they click on nothing. */
export async function noteUse(db: Db, readers: readonly Reader[], at: Millis): Promise<void> {
  const due = (await openSessions(db, readers, at)).filter((session) => isSessionUseDue(session, at))
  if (due.length === 0) return
  await write(db, async (trx) => {
    for (const session of due) await recordSessionUse(trx, session, at)
  })
}

async function openSessions(db: Db, readers: readonly Reader[], at: Millis): Promise<Session[]> {
  const ids = readers.flatMap((reader) => (reader.kind === 'user' ? [reader.sessionId] : []))
  if (ids.length === 0) return []
  const { rows } = await selectSessions(db, { ids: JSON.stringify(ids), at })
  return rows.map((row) => ({
    sessionId: row.id,
    userId: row.user_id,
    email: row.email,
    enterpriseId: row.enterprise_id,
    nodeId: row.node_id,
    deviceId: row.device_id,
    provenAt: row.proven_at,
    usedAt: row.used_at,
    createdAt: row.created_at,
  }))
}
