import { PageTitle } from '../../ui/page-title.tsx'

/** All teams. */
export function TeamsPage() {
  return <PageTitle title="Teams" />
}
