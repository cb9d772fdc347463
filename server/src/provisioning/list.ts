import type { Db } from '../storage/database.ts'
import type { Method } from './methods.ts'

/** The next methods of the installation, or of one node, in the order of their ids, after the id `after` ('' for the first). */
export function listMethods(db: Db, nodeId: string | undefined, after: string, limit: number): Promise<Method[]> {
  return db
    .selectFrom('provisioning_methods')
    .selectAll()
    .where('id', '>', after)
    .$if(nodeId !== undefined, (query) => query.where('node_id', '=', nodeId ?? ''))
    .orderBy('id')
    .limit(limit)
    .execute()
}
