import { PageTitle } from '../../ui/page-title.tsx'

/** What was done, by whom. */
export function ActivityPage() {
  return <PageTitle title="Activity" />
}
