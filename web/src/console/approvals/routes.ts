import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The pages of what waits for an approver. */
export function approvalRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/approvals',
      component: lazyRouteComponent(() => import('./approvals-page.tsx'), 'ApprovalsPage'),
    }),
  ]
}
