import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The page of provisioning methods and their log. */
export function provisioningRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/provisioning',
      component: lazyRouteComponent(() => import('./provisioning-page.tsx'), 'ProvisioningPage'),
    }),
  ]
}
