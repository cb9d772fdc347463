import * as contract from '@claviger/contract/api/enterprises.ts'
import type { FastifyInstance } from 'fastify'
import { foundEnterprise, requireFirstSetup } from '../enterprises/first-setup.ts'
import { invitationToken } from '../invitations/link.ts'
import { loadSecret } from '../storage/secrets.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'
import { limitLinks } from './sign-in-limits.ts'

/** The first enterprise of an installation, made in a browser. */
export function enterpriseRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, contract.foundEnterprise, async (_, { token, name, email }, request) => {
    const at = Date.now()
    await limitLinks(db, request, at)
    await requireFirstSetup(db, token)
    const { invitationId } = await write(db, (trx) => foundEnterprise(trx, { name, administrator: email }, at))
    return { token: invitationToken(await loadSecret(db, 'invitations'), invitationId) }
  })
}
