import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** authentik: a SCIM provider behind an application. */
export function AuthentikSteps({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        <em>Applications → Providers → New Provider → SCIM</em>:
        <Fields>
          <CopyField label="URL of the SCIM server" value={baseUrl} />
          <Chosen field="Authentication Mode">Static token</Chosen>
          <TokenField field="Token" token={token} />
          <Chosen field="Compatibility Mode">Default</Chosen>
        </Fields>
      </li>
      <li>
        In <em>User Property Mappings</em>, take one that gives <code>userName</code> the e-mail address:
        <Fields>
          <CopyField label="Expression of a property mapping" value={'return {"userName": request.user.email}'} />
        </Fields>
      </li>
      <li>
        <em>Applications → your application → Edit</em>: add the provider under <em>Backchannel Providers</em>.
      </li>
      <li>
        On the provider’s page, <em>Run sync again</em>. Users and groups that may open the application arrive.
      </li>
    </Steps>
  )
}
