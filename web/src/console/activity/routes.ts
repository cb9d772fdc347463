import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The pages of what was done. */
export function activityRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/activity',
      component: lazyRouteComponent(() => import('./activity-page.tsx'), 'ActivityPage'),
    }),
  ]
}
