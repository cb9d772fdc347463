import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Database, Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'

export type Node = Database['nodes']

/**
 * Makes a node under `parentId`, or under the root node where it is null.
 * @throws AppError `not_found` for an unknown parent, `conflict` where the parent has a node of that name.
 */
export async function addNode(trx: Trx, wanted: { name: string; parentId: string | null }, actor: string, at: Millis): Promise<Node> {
  const parent = wanted.parentId === null ? await onlyRootNode(trx) : await findNode(trx, wanted.parentId)
  const name = wanted.name.trim()
  if (name === '') throw new AppError('invalid_value', 'a node needs a name')
  const siblings = await trx
    .selectFrom('nodes')
    .select('name')
    .where('enterprise_id', '=', parent.enterprise_id)
    .where('parent_id', '=', parent.id)
    .execute()
  if (siblings.some((sibling) => sibling.name.toLowerCase() === name.toLowerCase())) {
    throw new AppError('conflict', `${parent.name} has a node named ${name} already: choose another name`)
  }
  const node: Node = { id: newId(), enterprise_id: parent.enterprise_id, parent_id: parent.id, name, created_at: at }
  await trx.insertInto('nodes').values(node).execute()
  await record(trx, {
    enterpriseId: node.enterprise_id,
    at,
    actor,
    action: 'node.added',
    subjectKind: 'node',
    subjectId: node.id,
    nodeId: node.id,
    detail: { name },
  })
  await announce(trx, { enterpriseId: node.enterprise_id, kind: 'node', subjectId: node.id, at })
  return node
}

/** @throws AppError `not_found` */
export async function findNode(db: Db, nodeId: string): Promise<Node> {
  const node = await db.selectFrom('nodes').selectAll().where('id', '=', nodeId).executeTakeFirst()
  if (!node) throw new AppError('not_found', `no node ${nodeId}`)
  return node
}

async function onlyRootNode(db: Db): Promise<Node> {
  const [root, second] = await db.selectFrom('nodes').selectAll().where('parent_id', 'is', null).orderBy('id').limit(2).execute()
  if (!root) throw new AppError('not_found', 'there is no enterprise yet: run `claviger init --enterprise NAME --admin EMAIL` first')
  if (second) throw new AppError('invalid_value', 'there is more than one enterprise: say under which node with --parent ID')
  return root
}
