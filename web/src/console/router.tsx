import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { ApprovalsPage } from './approvals/approvals-page.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell })

/** The pages of the Admin Console, under /console. */
export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '/', component: ApprovalsPage })]),
})
