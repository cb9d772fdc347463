import type { Db, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'

/** More than one process has connections: writers of one node seldom meet in a slot and wait for each other's commit. */
const SLOTS = 32
/** A connection keeps to one slot: a transaction that counted in several would deadlock with its like. */
const slots = new WeakMap<Trx, number>()
/** Processes begin anywhere, and give each of their connections the next. */
let next = Math.floor(Math.random() * SLOTS)

const addToSlot = prepare<{ nodeId: string; slot: number; users: number; teams: number }>()((db, p) =>
  db
    .insertInto('node_counts')
    .values({ node_id: p.nodeId, slot: p.slot, users: p.users, teams: p.teams })
    .onConflict((conflict) =>
      conflict.columns(['node_id', 'slot']).doUpdateSet((eb) => ({
        users: eb('node_counts.users', '+', eb.ref('excluded.users')),
        teams: eb('node_counts.teams', '+', eb.ref('excluded.teams')),
      })),
    ),
)

const sumOfSlots = prepare<{ nodeId: string }>()((db, p) =>
  db
    .selectFrom('node_counts')
    .select((eb) => [eb.fn.sum<number | null>('users').as('users'), eb.fn.sum<number | null>('teams').as('teams')])
    .where('node_id', '=', p.nodeId),
)

/** Keeps the node's totals, in the transaction that makes or removes a user or team. Counting rows would read them all. */
export async function count(trx: Trx, nodeId: string, by: { users?: number; teams?: number }): Promise<void> {
  await addToSlot(trx, { nodeId, slot: slotOf(trx), users: by.users ?? 0, teams: by.teams ?? 0 })
}

function slotOf(trx: Trx): number {
  const known = slots.get(trx)
  if (known !== undefined) return known
  next = (next + 1) % SLOTS
  slots.set(trx, next)
  return next
}

/** How many users (not deleted) and teams (not archived) the node has. */
export async function nodeTotals(db: Db, nodeId: string): Promise<{ users: number; teams: number }> {
  const { rows } = await sumOfSlots(db, { nodeId })
  return { users: Number(rows[0]?.users ?? 0), teams: Number(rows[0]?.teams ?? 0) }
}
