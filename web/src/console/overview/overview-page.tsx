import { PageTitle } from '../../ui/page-title.tsx'

/** What an administrator sees first. */
export function OverviewPage() {
  return <PageTitle title="Overview" />
}
