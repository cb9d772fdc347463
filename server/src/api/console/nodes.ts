import * as contract from '@claviger/contract/api/console/nodes.ts'
import { NodeId } from '@claviger/contract/ids.ts'
import type { FastifyInstance } from 'fastify'
import { addNode, findNode } from '../../nodes/nodes.ts'
import { removeNode } from '../../nodes/remove.ts'
import { renameNode } from '../../nodes/rename.ts'
import { requireRight } from '../../nodes/rights.ts'
import { readTree, readTreeNode, type TreeNode } from '../../nodes/tree.ts'
import { write } from '../../storage/write.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** The tree of nodes. */
export function nodeRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, contract.listNodes, async (caller) => ({ nodes: (await readTree(db, caller)).map(shown) }))

  serve(app, context, contract.readNode, async (caller, { node }) => {
    const { path, administrators, occupiedBy, ...found } = await readTreeNode(db, caller, node)
    return {
      ...shown(found),
      path: path.map(({ nodeId, name }) => ({ nodeId: NodeId.parse(nodeId), name })),
      administrators,
      occupiedBy,
    }
  })

  serve(app, context, contract.addNode, async (caller, { parentId, name }) => {
    const node = await write(db, async (trx) => {
      await requireRight(trx, caller, parentId, 'manage')
      return addNode(trx, { name, parentId }, caller.actor, Date.now())
    })
    return { nodeId: NodeId.parse(node.id) }
  })

  serve(app, context, contract.renameNode, async (caller, { node, name }) => {
    await write(db, async (trx) => {
      await requireRight(trx, caller, node, 'manage')
      await renameNode(trx, node, name, caller.actor, Date.now())
    })
    return {}
  })

  serve(app, context, contract.removeNode, async (caller, { node }) => {
    await write(db, async (trx) => {
      await requireRight(trx, caller, node, 'manage')
      // Who administers no more than this node would remove their own place.
      const { parent_id: parent } = await findNode(trx, node)
      if (parent !== null) await requireRight(trx, caller, parent, 'manage')
      await removeNode(trx, node, caller.actor, Date.now())
    })
    return {}
  })
}

function shown(node: TreeNode) {
  return { ...node, nodeId: NodeId.parse(node.nodeId), parentId: node.parentId === null ? null : NodeId.parse(node.parentId) }
}
