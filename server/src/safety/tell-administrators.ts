import { findNode } from '../nodes/nodes.ts'
import { notify } from '../notices/notify.ts'
import type { Method } from '../provisioning/methods.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import type { Taken } from './limits.ts'

/** Tells everybody who may decide that the limits of a method have paused it: a notice, and a mail. */
export async function tellAdministrators(trx: Trx, method: Method, beyond: Taken, at: Millis): Promise<void> {
  const { name } = await findNode(trx, method.node_id)
  const detail = { node: name, people: beyond.people, minutes: method.limit_window_ms / 60_000 }
  for (const userId of await administratorsOver(trx, method.node_id)) {
    await notify(trx, { userId, enterpriseId: method.enterprise_id, kind: 'removals-held', detail }, at)
  }
}

/** Who may manage a node and can sign in: full administrators of it, or above it. */
async function administratorsOver(db: Db, nodeId: string): Promise<string[]> {
  const rows = await db
    .withRecursive('above(id, parent_id)', (make) =>
      make
        .selectFrom('nodes')
        .select(['id', 'parent_id'])
        .where('id', '=', nodeId)
        .union(make.selectFrom('nodes').innerJoin('above', 'above.parent_id', 'nodes.id').select(['nodes.id', 'nodes.parent_id'])),
    )
    .selectFrom('above')
    .innerJoin('administrators as a', 'a.node_id', 'above.id')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select('u.id')
    .distinct()
    .where('a.role', '=', 'full')
    .where('u.status', '=', 'active')
    .where('u.deleted_at', 'is', null)
    .orderBy('u.id')
    .execute()
  return rows.map(({ id }) => id)
}
