import { PageTitle } from '../../ui/page-title.tsx'

/** What holds for the whole enterprise. */
export function SettingsPage() {
  return <PageTitle title="Settings" />
}
