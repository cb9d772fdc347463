import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The pages of the tree of nodes. */
export function nodeRoutes(root: AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: () => root,
      path: '/nodes',
      component: lazyRouteComponent(() => import('./nodes-page.tsx'), 'NodesPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: '/nodes/$node',
      component: lazyRouteComponent(() => import('./node-page.tsx'), 'NodePage'),
    }),
  ]
}
