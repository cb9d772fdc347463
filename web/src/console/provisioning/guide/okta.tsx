import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { CopyField } from '../../../ui/copy-field.tsx'
import { Chosen, Fields, type Pasted, Steps, TokenField } from './steps.tsx'

/** Okta: an app of one's own, or one of the catalogue's. */
export function OktaSteps(pasted: Pasted) {
  const [app, setApp] = useState('own')
  return (
    <>
      <SegmentedControl
        aria-label="Kind of app"
        data={[
          { value: 'own', label: 'Your own app' },
          { value: 'catalogue', label: 'From the catalogue' },
        ]}
        value={app}
        onChange={setApp}
      />
      {app === 'own' ? <OwnApp {...pasted} /> : <CatalogueApp {...pasted} />}
    </>
  )
}

function OwnApp({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        <em>Applications → Create App Integration</em>: <em>SAML 2.0</em>, or <em>SWA</em> for provisioning alone.
      </li>
      <li>
        On <em>General → App Settings → Edit</em>, choose <em>Provisioning: SCIM</em>, and save.
      </li>
      <li>
        On <em>Provisioning → Integration → Edit</em>:
        <Fields>
          <CopyField label="SCIM connector base URL" value={baseUrl} />
          <CopyField label="Unique identifier field for users" value="userName" />
          <Chosen field="Supported provisioning actions">
            Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups
          </Chosen>
          <Chosen field="Authentication Mode">HTTP Header</Chosen>
          <TokenField field="Authorization (Bearer)" token={token} />
        </Fields>
      </li>
      <li>
        <em>Test Connector Configuration</em>, then <em>Save</em>. The test passes with nobody there yet.
      </li>
      <ToApp />
    </Steps>
  )
}

function CatalogueApp({ baseUrl, token }: Pasted) {
  return (
    <Steps>
      <li>
        <em>Applications → Browse App Catalog</em>: <em>SCIM 2.0 Test App (OAuth Bearer Token)</em>, or <em>(Header Auth)</em>. Okta means
        these for trying out.
      </li>
      <li>
        On <em>Provisioning → Configure API Integration</em>, tick <em>Enable API integration</em>:
        <Fields>
          <CopyField label="SCIM 2.0 Base Url, or Base URL" value={baseUrl} />
          <TokenField field="OAuth Bearer Token, or API Token" token={token} />
        </Fields>
        With Header Auth, Okta sends the token as it is, with or without <code>Bearer</code> before it: both are taken.
      </li>
      <li>
        <em>Test API Credentials</em>, then <em>Save</em>.
      </li>
      <ToApp />
    </Steps>
  )
}

function ToApp() {
  return (
    <>
      <li>
        On <em>Provisioning → To App → Edit</em>, tick <em>Create Users</em>, <em>Update User Attributes</em>, <em>Deactivate Users</em>.
      </li>
      <li>
        On <em>Sign On → Edit</em>, set <em>Application username format</em> to <em>Email</em>: the e-mail address is who one is in
        Claviger.
      </li>
      <li>
        <em>Assignments</em> makes users. <em>Push Groups</em> makes teams: assigning a group alone makes none.
      </li>
    </>
  )
}
