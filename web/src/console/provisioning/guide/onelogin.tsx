import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** OneLogin: its generic SCIM app. */
export function OneLoginSteps({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        <em>Applications → Add App</em>: <em>SCIM Provisioner with SAML (SCIM v2 Enterprise)</em>.
      </li>
      <li>
        On <em>Configuration</em>:
        <Fields>
          <CopyField label="SCIM Base URL" value={baseUrl} />
          <TokenField field="SCIM Bearer Token" token={token} />
        </Fields>
        Then <em>API Connection → Enable</em>.
      </li>
      <li>
        On <em>Parameters</em>:<Chosen field="SCIM Username">Email</Chosen>
      </li>
      <li>
        On <em>Provisioning</em>, tick <em>Enable provisioning</em>. Whoever is to be created without an approval at OneLogin: untick{' '}
        <em>Require admin approval</em> for it.
      </li>
      <li>
        Teams: <em>Rules → Set Groups</em>, and <em>Parameters → Groups → Include in User Provisioning</em>.
      </li>
    </Steps>
  )
}
