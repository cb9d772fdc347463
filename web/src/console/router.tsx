import { createRootRoute, createRouter } from '@tanstack/react-router'
import { Loading } from '../ui/loaded.tsx'
import { activityRoutes } from './activity/routes.ts'
import { approvalRoutes } from './approvals/routes.ts'
import { BrokenPage, NoSuchPage } from './broken-pages.tsx'
import { nodeRoutes } from './nodes/routes.ts'
import { overviewRoutes } from './overview/routes.ts'
import { provisioningRoutes } from './provisioning/routes.ts'
import { safetyRoutes } from './safety/routes.ts'
import { settingRoutes } from './settings/routes.ts'
import { Shell } from './shell.tsx'
import { signOnRoutes } from './sign-on/routes.ts'
import { teamRoutes } from './teams/routes.ts'
import { userRoutes } from './users/routes.ts'

const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage })

/** The pages of the Admin Console, under /console. Each is loaded when somebody goes there. */
export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([
    ...overviewRoutes(root),
    ...nodeRoutes(root),
    ...userRoutes(root),
    ...teamRoutes(root),
    ...approvalRoutes(root),
    ...provisioningRoutes(root),
    ...safetyRoutes(root),
    ...signOnRoutes(root),
    ...activityRoutes(root),
    ...settingRoutes(root),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: BrokenPage,
  // A page that is there has no place for one that is not.
  notFoundMode: 'root',
})
