import { readSignOn } from '@claviger/contract/api/console/sign-on.ts'
import type { FastifyInstance } from 'fastify'
import { countWithFactorByNode, usersWithFactor } from '../../accounts/factor-figures.ts'
import { readTree } from '../../nodes/tree.ts'
import { listAdministrators } from '../../users/list-administrators.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** How people sign in, for who looks after it. */
export function signOnRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, readSignOn, async (caller) => {
    const [tree, withFactor, administrators] = await Promise.all([
      readTree(db, caller),
      countWithFactorByNode(db, caller),
      listAdministrators(db, caller.userId),
    ])
    const active = administrators.filter(({ status }) => status === 'active')
    const safe = await usersWithFactor(
      db,
      active.map(({ userId }) => userId),
    )
    return readSignOn.answer.parse({
      nodes: tree.map(({ nodeId, name, users }) => ({
        nodeId,
        name,
        active: users.active,
        withSecondFactor: withFactor.get(nodeId) ?? 0,
      })),
      administratorsWithout: active
        .filter(({ userId }) => !safe.has(userId))
        .map(({ userId, email, nodeId, nodeName, role }) => ({ userId, email, nodeId, nodeName, role })),
    })
  })
}
