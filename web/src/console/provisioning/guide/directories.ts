import { AuthentikSteps } from './authentik.tsx'
import { EntraSteps } from './entra.tsx'
import { JumpCloudSteps } from './jumpcloud.tsx'
import { KeycloakSteps } from './keycloak.tsx'
import { OktaSteps } from './okta.tsx'
import { OneLoginSteps } from './onelogin.tsx'
import { OtherSteps } from './other.tsx'

/** The directories that there is a guide for. `isInCloud`: it calls from the internet. */
export const directories = [
  { key: 'okta', name: 'Okta', isInCloud: true, Steps: OktaSteps },
  { key: 'entra', name: 'Microsoft Entra ID', isInCloud: true, Steps: EntraSteps },
  { key: 'onelogin', name: 'OneLogin', isInCloud: true, Steps: OneLoginSteps },
  { key: 'jumpcloud', name: 'JumpCloud', isInCloud: true, Steps: JumpCloudSteps },
  { key: 'keycloak', name: 'Keycloak', isInCloud: false, Steps: KeycloakSteps },
  { key: 'authentik', name: 'authentik', isInCloud: false, Steps: AuthentikSteps },
  { key: 'other', name: 'Another directory', isInCloud: false, Steps: OtherSteps },
] as const
