import type { Db } from '../storage/database.ts'
import { nodeTotals } from './counts.ts'

/** A node as lists show it, with how many users and teams it has. */
export interface ListedNode {
  nodeId: string
  enterpriseId: string
  parentId: string | null
  name: string
  users: number
  teams: number
}

/** The next nodes of the installation in the order in which they were made, after the id `after` ('' for the first); fewer than `limit` at the end. */
export async function listNodes(db: Db, after: string, limit: number): Promise<ListedNode[]> {
  const nodes = await db
    .selectFrom('nodes')
    .select(['id as nodeId', 'enterprise_id as enterpriseId', 'parent_id as parentId', 'name'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return Promise.all(nodes.map(async (node) => ({ ...node, ...(await nodeTotals(db, node.nodeId)) })))
}
