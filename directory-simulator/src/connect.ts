import { type AuthentikOptions, authentikDialect } from './authentik.ts'
import type { Dialect } from './dialect.ts'
import type { Directory, DirectoryKind } from './directory.ts'
import { type EntraOptions, entraDialect } from './entra.ts'
import type { Connection } from './http.ts'
import { type JumpCloudOptions, jumpCloudDialect } from './jumpcloud.ts'
import { type OktaOptions, oktaDialect } from './okta.ts'
import { type OneLoginOptions, oneLoginDialect } from './onelogin.ts'
import { Provisioner } from './provision.ts'

/** Which directory, and how its app is set up. */
export type DirectoryChoice =
  | ({ kind: 'okta' } & OktaOptions)
  | ({ kind: 'entra' } & EntraOptions)
  | ({ kind: 'onelogin' } & OneLoginOptions)
  | ({ kind: 'jumpcloud' } & JumpCloudOptions)
  | ({ kind: 'authentik' } & AuthentikOptions)

/** How an app is set up, as a command line or a scenario names it; what a directory does not have is left aside. */
export interface AppSettings {
  app?: string | undefined
  flavour?: 'custom' | 'catalogue' | 'compliant' | 'classic' | undefined
  matching?: 'userName' | 'externalId' | 'email' | undefined
  membersPerRequest?: number | undefined
  testEmail?: string | undefined
  pushMembers?: boolean | undefined
}

/** The choice that these settings make for that directory. */
export function directoryChoice(kind: DirectoryKind, settings: AppSettings): DirectoryChoice {
  const { flavour, matching, testEmail, pushMembers, membersPerRequest, app } = settings
  const common = { ...(app !== undefined && { app }), ...(membersPerRequest !== undefined && { membersPerRequest }) }
  switch (kind) {
    case 'okta':
      return { kind, ...common, flavour: flavour === 'catalogue' ? 'catalogue' : 'custom', pushMembers: pushMembers ?? true }
    case 'entra': {
      // Without a flavour the flag in the tenant URL decides.
      const chosen = flavour === 'compliant' || flavour === 'classic' ? { flavour } : {}
      return { kind, ...common, ...chosen, matching: matching ?? 'userName' }
    }
    case 'jumpcloud':
      return { kind, ...common, ...(testEmail !== undefined && { testEmail }) }
    default:
      return { kind, ...common }
  }
}

/**
 * A directory that is connected to a server. Nothing is sent until it is asked to do something.
 * Entra's tenant URL may carry `aadOptscim062020`, which chooses the compliant flavour as it does there.
 */
export function connectDirectory(choice: DirectoryChoice | DirectoryKind, connection: Connection): Directory {
  const chosen: DirectoryChoice = typeof choice === 'string' ? { kind: choice } : choice
  return new Provisioner(dialectOf(chosen, connection), connection)
}

function dialectOf(choice: DirectoryChoice, connection: Connection): Dialect {
  switch (choice.kind) {
    case 'okta':
      return oktaDialect(choice)
    case 'entra': {
      const flagged = connection.baseUrl.includes('aadOptscim062020')
      return entraDialect(flagged ? { flavour: 'compliant', ...choice } : choice)
    }
    case 'onelogin':
      return oneLoginDialect(choice)
    case 'jumpcloud':
      return jumpCloudDialect(choice)
    case 'authentik':
      return authentikDialect(choice)
  }
}
