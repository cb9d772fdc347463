import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The pages of users. */
export function userRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/users',
      component: lazyRouteComponent(() => import('./users-page.tsx'), 'UsersPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: '/users/$user',
      component: lazyRouteComponent(() => import('./user-page.tsx'), 'UserPage'),
    }),
  ]
}
