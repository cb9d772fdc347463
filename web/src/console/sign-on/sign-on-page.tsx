import { PageTitle } from '../../ui/page-title.tsx'

/** How people sign in. */
export function SignOnPage() {
  return <PageTitle title="Sign-on" />
}
