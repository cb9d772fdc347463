import * as contract from '@claviger/contract/api/console/methods.ts'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../../errors.ts'
import { reachOf } from '../../nodes/reach.ts'
import { type Asking, type Right, requireRight } from '../../nodes/rights.ts'
import { addMethod, findMethod, type Method, methodBaseUrl, saveMethod, setEmailPolicy, setPaused } from '../../provisioning/methods.ts'
import { showMethods } from '../../provisioning/show-methods.ts'
import { issueToken, revokeToken } from '../../provisioning/tokens.ts'
import type { Db, Millis, Trx } from '../../storage/database.ts'
import { write } from '../../storage/write.ts'
import type { UserCaller } from '../caller.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** Provisioning methods and their tokens. */
export function methodRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, publicUrl } = context
  serve(app, context, contract.listMethods, async (caller, { node }) =>
    contract.listMethods.answer.parse({ methods: await showMethods(db, publicUrl, await reachOf(db, caller, node), Date.now()) }),
  )

  serve(app, context, contract.readMethod, async (caller, { method: id }) => {
    const method = await methodWith(db, caller, id, 'read')
    const reach = { enterpriseId: caller.enterpriseId, nodes: [method.node_id], isWhole: false }
    return contract.MethodShown.parse((await showMethods(db, publicUrl, reach, Date.now(), id))[0])
  })

  serve(app, context, contract.addMethod, async (caller, { nodeId, expiresAt }) => {
    const at = Date.now()
    requireFuture(expiresAt, at)
    const { method, token } = await write(db, async (trx) => {
      await requireRight(trx, caller, nodeId, 'manage')
      return addMethod(trx, nodeId, caller.actor, at, expiresAt ?? null)
    })
    return given(publicUrl, method, token)
  })

  serve(app, context, contract.rotateToken, async (caller, { method: id, expiresAt }) => {
    const at = Date.now()
    requireFuture(expiresAt, at)
    return write(db, async (trx) => {
      const method = await methodWith(trx, caller, id, 'manage')
      return given(publicUrl, method, await issueToken(trx, method, caller.actor, at, expiresAt ?? null))
    })
  })

  /** An act on a method, by who may manage its node. */
  const change = async (caller: UserCaller, id: string, act: (trx: Trx, method: Method, at: Millis) => Promise<unknown>) => {
    await write(db, async (trx) => void (await act(trx, await methodWith(trx, caller, id, 'manage'), Date.now())))
    return {}
  }
  serve(app, context, contract.saveMethod, (caller, { method }) =>
    change(caller, method, (trx, { id }, at) => saveMethod(trx, id, caller.actor, at)),
  )
  serve(app, context, contract.pauseMethod, (caller, { method }) =>
    change(caller, method, (trx, { id }, at) => setPaused(trx, id, true, caller.actor, at)),
  )
  serve(app, context, contract.resumeMethod, (caller, { method }) =>
    change(caller, method, (trx, { id }, at) => setPaused(trx, id, false, caller.actor, at)),
  )
  serve(app, context, contract.setEmailPolicy, (caller, { method, emailPolicy }) =>
    change(caller, method, (trx, { id }, at) => setEmailPolicy(trx, id, emailPolicy, caller.actor, at)),
  )
  serve(app, context, contract.revokeToken, (caller, { method, token }) =>
    change(caller, method, (trx, found, at) => revokeToken(trx, found, token, caller.actor, at)),
  )
}

/** @throws AppError `not_found`, also for methods of others: ids are not to be probed; `forbidden` where the role is too small */
export async function methodWith(db: Db, caller: Asking, methodId: string, right: Right): Promise<Method> {
  const [method, reach] = await Promise.all([findMethod(db, methodId).catch(missing), reachOf(db, caller)])
  if (method === undefined || !reach.nodes.includes(method.node_id)) {
    throw new AppError('not_found', 'There is no such provisioning method in the nodes that you administer.')
  }
  await requireRight(db, caller, method.node_id, right)
  return method
}

function missing(error: unknown): undefined {
  if (!(error instanceof AppError && error.code === 'not_found')) throw error
}

function given(publicUrl: string, { id, node_id: nodeId }: Method, token: string) {
  return { methodId: id, token, baseUrl: methodBaseUrl(publicUrl, nodeId) }
}

function requireFuture(expiresAt: Millis | undefined, at: Millis): void {
  if (expiresAt !== undefined && expiresAt <= at) {
    throw new AppError('invalid_value', 'The token would end in the past: choose a later time, or none.')
  }
}
