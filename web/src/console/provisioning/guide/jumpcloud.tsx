import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** JumpCloud: a custom application with identity management. */
export function JumpCloudSteps({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        <em>SSO Applications → Add New Application → Custom Application</em>, with <em>Export users to this app (Identity Management)</em>.
      </li>
      <li>
        On <em>Identity Management</em>:
        <Fields>
          <Chosen field="SCIM Version">SCIM 2.0</Chosen>
          <CopyField label="Base URL" value={baseUrl} />
          <TokenField field="Token Key" token={token} />
          <Chosen field="Test User Email">an address of nobody at your company</Chosen>
        </Fields>
      </li>
      <li>
        Tick <em>Enable management of User Groups and Group Membership in this application</em>, for teams.
      </li>
      <li>
        <em>Test Connection</em>, then <em>Activate</em> and <em>Save</em>. JumpCloud makes a test user and a test group, and deletes both.
      </li>
      <li>
        On <em>User Groups</em>, tick who is to come.
      </li>
    </Steps>
  )
}
