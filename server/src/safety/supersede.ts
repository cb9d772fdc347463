import { lockMethod } from '../provisioning/methods.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

/** What a request of a directory says of a person or a team, as far as it bears on what is held of them. */
export interface Wish {
  subjectKind: 'user' | 'team'
  subjectId: string
  /** It says all there is to say: what was asked of the subject before is void. */
  whole: boolean
  /** It takes the subject away: it archives the team. */
  ends: boolean
  /** Whom it says to keep: on the team, or active. */
  keeps: readonly string[]
}

const supersedeAll = prepare<{ methodId: string; subjectId: string; at: Millis }>()((db, p) =>
  db
    .updateTable('held_requests')
    .set({ state: 'superseded', decided_at: p.at })
    .where('method_id', '=', p.methodId)
    .where('subject_id', '=', p.subjectId)
    .where('state', 'in', ['held', 'approved']),
)

const supersedeEnds = prepare<{ methodId: string; subjectId: string; at: Millis }>()((db, p) =>
  db
    .updateTable('held_requests')
    .set({ state: 'superseded', decided_at: p.at })
    .where('method_id', '=', p.methodId)
    .where('subject_id', '=', p.subjectId)
    .where('operation', '=', 'team.archive')
    .where('state', 'in', ['held', 'approved']),
)

const supersedeKept = prepare<{ methodId: string; subjectId: string; userIds: string; at: Millis }>()((db, p, dialect) =>
  db
    .updateTable('held_requests')
    .set({ state: 'superseded', decided_at: p.at })
    .where('method_id', '=', p.methodId)
    .where('subject_id', '=', p.subjectId)
    .where('state', 'in', ['held', 'approved'])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom(idsOf(dialect, p.userIds))
          .innerJoin('held_people as h', 'h.user_id', 'ids.value')
          .select('h.held_id')
          .whereRef('h.held_id', '=', 'held_requests.id'),
      ),
    ),
)

/**
 * Drops what is held of a person or team and wanted no more, because the directory has said something else since. In doubt
 * it drops: whatever the directory still wants, it sends again, for it was told that it was not done.
 */
export async function supersede(trx: Trx, methodId: string, wish: Wish, at: Millis): Promise<number> {
  const where = { methodId, subjectId: wish.subjectId, at }
  if (wish.whole) return (await supersedeAll(trx, where)).changes
  const ended = wish.subjectKind === 'team' && !wish.ends ? (await supersedeEnds(trx, where)).changes : 0
  if (wish.keeps.length === 0) return ended
  return ended + (await supersedeKept(trx, { ...where, userIds: JSON.stringify(wish.keeps) })).changes
}

/**
 * The same for what takes nothing from anybody, while the limits have paused the method.
 * @returns false where they have not, any more
 */
export async function hearOut(trx: Trx, methodId: string, wishes: readonly Wish[], at: Millis): Promise<boolean> {
  const method = await lockMethod(trx, methodId)
  if (method.paused_by !== 'breaker') return false
  let dropped = 0
  for (const wish of wishes) dropped += await supersede(trx, methodId, wish, at)
  if (dropped > 0) await announce(trx, { enterpriseId: method.enterprise_id, kind: 'method', subjectId: method.id, at })
  return true
}
