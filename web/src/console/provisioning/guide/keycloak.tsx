import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** Keycloak, which sends SCIM with an extension only: the fields are those of the `scim` federation provider. */
export function KeycloakSteps({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        Install an extension that sends SCIM 2.0: Keycloak has none of its own. These fields are those of the user federation provider{' '}
        <code>scim</code>, which several extensions share.
      </li>
      <li>
        In the realm, <em>User federation → Add Scim provider</em>:
        <Fields>
          <CopyField label="SCIM 2.0 endpoint" value={baseUrl} />
          <Chosen field="Endpoint content type">application/scim+json</Chosen>
          <Chosen field="Auth mode">BEARER</Chosen>
          <TokenField field="Auth password/token" token={token} />
          <Chosen field="Enable user propagation">On</Chosen>
          <Chosen field="Enable group propagation">On</Chosen>
          <Chosen field="Import action">NOTHING</Chosen>
        </Fields>
      </li>
      <li>
        <em>Realm settings → Login</em>: <em>Email as username</em> on, because userName must be the e-mail address.
      </li>
      <li>
        In <em>Realm settings → Events</em>, add the extension’s event listener, so that changes are sent as they happen.
      </li>
    </Steps>
  )
}
