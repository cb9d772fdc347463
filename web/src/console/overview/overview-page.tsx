import { PageTitle } from '../../ui/page-title.tsx'

/** How the enterprise is. */
export function OverviewPage() {
  return <PageTitle title="Overview" />
}
