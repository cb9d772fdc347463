import { PageTitle } from '../../ui/page-title.tsx'
import { UserList } from './user-list.tsx'

/** Everybody whom the administrator may see. */
export function UsersPage() {
  return (
    <>
      <PageTitle title="Users" lead="Your directory decides who is here; what is in their vaults, nobody sees but they." />
      <UserList />
    </>
  )
}
