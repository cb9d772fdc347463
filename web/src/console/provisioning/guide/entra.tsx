import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** Microsoft Entra ID: an application that is not in the gallery. */
export function EntraSteps({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        <em>Enterprise applications → New application → Create your own application</em>, the one that you do not find in the gallery (
        <em>Non-gallery</em>).
      </li>
      <li>
        <em>Provisioning → Get started</em>, mode <em>Automatic</em>, or <em>New configuration</em> with bearer authentication:
        <Fields>
          <CopyField
            label="Tenant URL"
            value={baseUrl}
            description="With ?aadOptscim062020 behind it, Entra sends changes as the standard has them. Both work."
          />
          <TokenField field="Secret Token" token={token} />
        </Fields>
      </li>
      <li>
        <em>Test Connection</em>, then <em>Save</em>.
      </li>
      <li>
        <em>Mappings → Provision Microsoft Entra ID Users</em>:
        <Chosen field="userName">
          <code>mail</code>. The default, <code>userPrincipalName</code>, is right where it is the e-mail address.
        </Chosen>
        <Chosen field="externalId">
          <code>objectId</code>
        </Chosen>
        <Chosen field={'emails[type eq "work"].value'}>
          <code>mail</code>
        </Chosen>
        <Chosen field="active">
          <code>{'Switch([IsSoftDeleted], , "False", "True", "True", "False")'}</code>, as it is
        </Chosen>
      </li>
      <li>
        <em>Settings → Scope</em>: <em>Sync only assigned users and groups</em>. Then <em>Start provisioning</em>. Entra runs about every
        forty minutes; <em>Provision on demand</em> sends somebody at once.
      </li>
    </Steps>
  )
}
