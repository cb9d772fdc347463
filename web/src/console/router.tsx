import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { OverviewPage } from './overview/overview-page.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell })

/** The pages of the Admin Console, under /console. */
export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '/', component: OverviewPage })]),
})
