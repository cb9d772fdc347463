import type { FastifyInstance } from 'fastify'
import type { ApiContext } from './context.ts'
import { logRoutes } from './log.ts'

/** The JSON API of the Admin Console, the Web Vault, the command line and automators: contract/src/api says what there is. */
export function apiRoutes(app: FastifyInstance, context: ApiContext): void {
  logRoutes(app, context)
}
