import { PageTitle } from '../../ui/page-title.tsx'

/** Methods and their log. */
export function ProvisioningPage() {
  return <PageTitle title="Provisioning" />
}
