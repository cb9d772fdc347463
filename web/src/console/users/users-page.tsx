import { PageTitle } from '../../ui/page-title.tsx'

/** Everybody. */
export function UsersPage() {
  return <PageTitle title="Users" />
}
