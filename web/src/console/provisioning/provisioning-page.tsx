import { PageTitle } from '../../ui/page-title.tsx'
import { PageTabs } from '../../ui/tabs.tsx'
import { ProvisioningLog } from './log/provisioning-log.tsx'
import { Methods } from './methods.tsx'

/** The directories of all nodes, and everything that they asked for. */
export function ProvisioningPage() {
  return (
    <>
      <PageTitle title="Provisioning" lead="What connects nodes to directories, and every request that a directory made." />
      <PageTabs
        label="Provisioning"
        tabs={[
          { key: 'methods', label: 'Methods', content: <Methods /> },
          { key: 'log', label: 'Provisioning log', content: <ProvisioningLog /> },
        ]}
      />
    </>
  )
}
