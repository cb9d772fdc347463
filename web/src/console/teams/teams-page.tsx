import { PageTitle } from '../../ui/page-title.tsx'
import { TeamList } from './team-list.tsx'

/** All teams that the administrator may see. */
export function TeamsPage() {
  return (
    <>
      <PageTitle title="Teams" lead="A group that your directory pushes becomes a team. It has no key until an approver makes one." />
      <TeamList />
    </>
  )
}
