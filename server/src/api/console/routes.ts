import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../context.ts'
import { activityRoutes } from './activity.ts'
import { methodRoutes } from './methods.ts'
import { nodeRoutes } from './nodes.ts'
import { overviewRoutes } from './overview.ts'
import { provisioningLogRoutes } from './provisioning-log.ts'
import { safetyRoutes } from './safety.ts'
import { searchRoutes } from './search.ts'
import { settingRoutes } from './settings.ts'
import { signOnRoutes } from './sign-on.ts'
import { teamRoutes } from './teams.ts'
import { userActRoutes } from './user-acts.ts'
import { userRoutes } from './users.ts'

/** What the Admin Console is made of. Each route checks the caller's rights by node; who is no administrator is told so. */
export function consoleRoutes(app: FastifyInstance, context: ApiContext): void {
  overviewRoutes(app, context)
  nodeRoutes(app, context)
  methodRoutes(app, context)
  safetyRoutes(app, context)
  userRoutes(app, context)
  userActRoutes(app, context)
  teamRoutes(app, context)
  provisioningLogRoutes(app, context)
  activityRoutes(app, context)
  settingRoutes(app, context)
  searchRoutes(app, context)
  signOnRoutes(app, context)
}
