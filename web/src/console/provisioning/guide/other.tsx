import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** Whatever else speaks SCIM 2.0 (RFC 7643, RFC 7644). */
export function OtherSteps({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        Where the directory asks for a SCIM 2.0 service:
        <Fields>
          <CopyField label="Base URL of the service" value={baseUrl} />
          <TokenField field="Bearer token" token={token} />
          <Chosen field="Content type">application/scim+json</Chosen>
        </Fields>
      </li>
      <li>
        Map <code>userName</code> to the e-mail address, and <code>externalId</code> to an id that never changes.
      </li>
      <li>Let it send users, and groups with their members. Each group becomes a team.</li>
    </Steps>
  )
}
