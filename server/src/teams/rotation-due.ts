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
 * What is due when members left who held a team's key (story 13): another key for the team, if it was the newest, and what
 * they had opened. Nothing where none of them held one. Called with the team's row held.
 */
export async function markLeft(trx: Trx, teamId: string, left: readonly Left[], at: Millis): Promise<void> {
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
