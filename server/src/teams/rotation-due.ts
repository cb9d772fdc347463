import { announceToPeople } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'
import { markOpened } from '../vault/mark-opened.ts'

/** A membership that was just deleted. `epoch` is of the team key that the member held; 0 for who waited for it. */
export interface Left {
  readonly user_id: string
  readonly epoch: number
}

const setDue = prepare<{ teamId: string; epoch: number }>()((db, p) =>
  db.updateTable('teams').set({ rotation_due: 1 }).where('id', '=', p.teamId).where('key_epoch', '=', p.epoch),
)

/**
 * What is due when members left: their screens hear of it, and where they held the team's key (story 13), the team gets
 * another, if it was the newest, and what they had opened is marked. Called with the team's row held.
 */
export async function markLeft(trx: Trx, teamId: string, left: readonly Left[], at: Millis): Promise<void> {
  await announceToPeople(
    trx,
    left.map((membership) => membership.user_id),
    at,
  )
  const holders = left.filter(({ epoch }) => epoch > 0)
  if (holders.length === 0) return
  await setDue(trx, { teamId, epoch: Math.max(...holders.map(({ epoch }) => epoch)) })
  await markOpened(
    trx,
    { teamIds: [teamId] },
    holders.map((holder) => holder.user_id),
    at,
  )
}

/**
 * Every active team of an enterprise waits for another key: somebody who held the approver key, and with it all of theirs,
 * is an approver no more.
 */
export async function markAllTeamsDue(trx: Trx, enterpriseId: string): Promise<void> {
  await trx
    .updateTable('teams')
    .set({ rotation_due: 1 })
    .where('enterprise_id', '=', enterpriseId)
    .where('status', '=', 'active')
    .where('key_epoch', '>', 0)
    .execute()
}
