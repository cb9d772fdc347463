import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The pages of signing in. */
export function signOnRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/sign-on',
      component: lazyRouteComponent(() => import('./sign-on-page.tsx'), 'SignOnPage'),
    }),
  ]
}
