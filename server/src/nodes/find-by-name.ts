import type { Db } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'
import type { NodeReach } from './reach.ts'

/** The first nodes of these, by name, whose name contains the text. Nodes are few: the names of all are read. */
export async function findNodes(db: Db, { nodes }: NodeReach, search: string, limit: number): Promise<{ nodeId: string; name: string }[]> {
  const wanted = textKey(search)
  const rows = await db.selectFrom('nodes').select(['id', 'name']).where('id', 'in', nodes).orderBy('name').orderBy('id').execute()
  const found = rows.filter(({ name }) => textKey(name).includes(wanted))
  return found.slice(0, limit).map(({ id: nodeId, name }) => ({ nodeId, name }))
}
