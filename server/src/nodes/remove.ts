import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { isForeignKeyViolation } from '../storage/violation.ts'
import { findNode, type Node } from './nodes.ts'

/**
 * What keeps a node from being removed, in words; null where it holds nothing. Deleted users who are still kept, and
 * archived teams, count: they come back here. A method that was never saved does not.
 */
export async function occupantsOf(db: Db, node: Pick<Node, 'id' | 'parent_id'>): Promise<string | null> {
  if (node.parent_id === null) return 'It is the root of the enterprise.'
  const [user, deleted, team, archived, child, administrator, method] = await Promise.all([
    db.selectFrom('users').select('id').where('node_id', '=', node.id).where('deleted_at', 'is', null).limit(1).execute(),
    db.selectFrom('users').select('id').where('node_id', '=', node.id).where('deleted_at', 'is not', null).limit(1).execute(),
    db.selectFrom('teams').select('id').where('node_id', '=', node.id).where('archived_at', 'is', null).limit(1).execute(),
    db.selectFrom('teams').select('id').where('node_id', '=', node.id).where('archived_at', 'is not', null).limit(1).execute(),
    db.selectFrom('nodes').select('id').where('parent_id', '=', node.id).limit(1).execute(),
    db.selectFrom('administrators').select('user_id').where('node_id', '=', node.id).limit(1).execute(),
    db.selectFrom('provisioning_methods').select('id').where('node_id', '=', node.id).where('state', '!=', 'draft').limit(1).execute(),
  ])
  const reasons = [
    user.length > 0 && 'It has users: move or delete them first.',
    deleted.length > 0 && 'Deleted users of it are still kept: wait until their retention ends.',
    team.length > 0 && 'It has teams: have the directory delete their groups first.',
    archived.length > 0 && 'It has archived teams: purge them first.',
    child.length > 0 && 'It has nodes under it: remove them first.',
    administrator.length > 0 && 'It has administrators: dismiss them there first.',
    method.length > 0 && 'A directory is connected to it.',
  ].filter((reason) => reason !== false)
  return reasons.length === 0 ? null : reasons.join(' ')
}

/**
 * Removes a node that holds nothing, with a method that was never saved. The caller has the right above it.
 * @throws AppError `not_found`, `conflict` saying what is in it
 */
export async function removeNode(trx: Trx, nodeId: string, actor: string, at: Millis): Promise<void> {
  const node = await findNode(trx, nodeId)
  const occupied = await occupantsOf(trx, node)
  if (occupied !== null) throw new AppError('conflict', `${node.name} cannot be removed. ${occupied}`)
  const drafts = trx.selectFrom('provisioning_methods').select('id').where('node_id', '=', node.id).where('state', '=', 'draft')
  await trx.deleteFrom('provisioning_tokens').where('method_id', 'in', drafts).execute()
  await trx.deleteFrom('provisioning_methods').where('node_id', '=', node.id).where('state', '=', 'draft').execute()
  await trx.deleteFrom('node_counts').where('node_id', '=', node.id).execute()
  await trx
    .deleteFrom('nodes')
    .where('id', '=', node.id)
    .execute()
    .catch((error: unknown) => {
      // Something came in since it was looked at: the references decide.
      throw isForeignKeyViolation(error)
        ? new AppError('conflict', `${node.name} has just been put to use: look again.`, { cause: error })
        : error
    })
  const { enterprise_id: enterpriseId, parent_id: parentId } = node
  const where = { enterpriseId, at, ...(parentId !== null && { nodeId: parentId }) }
  await record(trx, { ...where, actor, action: 'node.removed', subjectKind: 'node', subjectId: node.id, detail: { name: node.name } })
  await announce(trx, { enterpriseId, kind: 'node', subjectId: node.id, at })
}
