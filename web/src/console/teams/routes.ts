import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The pages of teams. */
export function teamRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/teams',
      component: lazyRouteComponent(() => import('./teams-page.tsx'), 'TeamsPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: '/teams/$team',
      component: lazyRouteComponent(() => import('./team-page.tsx'), 'TeamPage'),
    }),
  ]
}
