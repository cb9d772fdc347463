import { PageTitle } from '../../ui/page-title.tsx'

/** The tree of nodes. */
export function NodesPage() {
  return <PageTitle title="Nodes" />
}
