import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'
import { findNode } from './nodes.ts'

/**
 * Renames a node. The name that it has already changes nothing.
 * @throws AppError `not_found`, `invalid_value` for an empty name, `conflict` where its parent has a node of that name
 */
export async function renameNode(trx: Trx, nodeId: string, wanted: string, actor: string, at: Millis): Promise<void> {
  const name = wanted.trim()
  if (name === '') throw new AppError('invalid_value', 'A node needs a name.')
  const node = await findNode(trx, nodeId)
  // Writing to the parent makes two who rename its nodes wait for each other: together they could give one name twice.
  await trx
    .updateTable('nodes')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', node.parent_id ?? node.id)
    .execute()
  const siblings = await trx
    .selectFrom('nodes')
    .select('name')
    .where('enterprise_id', '=', node.enterprise_id)
    .where('parent_id', node.parent_id === null ? 'is' : '=', node.parent_id)
    .where('id', '!=', node.id)
    .execute()
  if (siblings.some((sibling) => textKey(sibling.name) === textKey(name))) {
    throw new AppError('conflict', `There is a node named ${name} beside it already: choose another name.`)
  }
  const renamed = await trx.updateTable('nodes').set({ name }).where('id', '=', node.id).where('name', '!=', name).returning('id').execute()
  if (renamed.length === 0) return
  const { enterprise_id: enterpriseId } = node
  const detail = { from: node.name, to: name }
  await record(trx, { enterpriseId, nodeId, at, actor, action: 'node.renamed', subjectKind: 'node', subjectId: nodeId, detail })
  await announce(trx, { enterpriseId, kind: 'node', subjectId: nodeId, at })
}
