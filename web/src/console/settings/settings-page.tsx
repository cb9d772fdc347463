import { Stack } from '@mantine/core'
import { PageTitle } from '../../ui/page-title.tsx'
import { Administrators } from './administrators.tsx'
import { ApprovalPolicy } from './approval-policy.tsx'
import { Automators } from './automators.tsx'
import { EnterpriseSettings } from './enterprise-settings.tsx'

/** What holds for the whole enterprise, and who looks after it. */
export function SettingsPage() {
  return (
    <>
      <PageTitle title="Settings" lead="What holds for the whole enterprise." />
      <Stack gap="lg">
        <EnterpriseSettings />
        <Administrators />
        <ApprovalPolicy />
        <Automators />
      </Stack>
    </>
  )
}
