import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The page of what the limits of a method hold, and of what was observed. */
export function safetyRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/provisioning/$method',
      component: lazyRouteComponent(() => import('./safety-page.tsx'), 'SafetyPage'),
    }),
  ]
}
