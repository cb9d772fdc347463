import type { AutomatorId, ConnectionId, EnterpriseLogId, EntryHash, TeamId, UserId } from '../ids.ts'
import type { EncryptionKey, PublicIdentity, SigningKey } from '../public-keys.ts'
import type { AdministratorRight, AutomatorScope, Evidence, Policy } from './statement.ts'

/** A person's keys, as the log has them. */
export interface Certificate {
  readonly userId: UserId
  readonly email: string
  readonly identity: PublicIdentity
  readonly evidence: Evidence | { readonly kind: 'genesis' }
}

/** A certificate that stands on a directory's response. It counts for nobody before the response itself was checked. */
export interface SamlClaim extends Certificate {
  readonly evidence: Extract<Evidence, { kind: 'saml' }>
  /** As it was pinned at that place of the log: a directory that rotates its certificate unmakes nobody's claim. */
  readonly provider: PinnedIdentityProvider
}

export interface PinnedIdentityProvider {
  readonly entityId: string
  /** DER in base64url; two while one is being rotated. */
  readonly certificates: readonly string[]
}

export interface EnrolledAutomator {
  readonly identity: PublicIdentity
  readonly scope: AutomatorScope
}

declare const verified: unique symbol

/** What a verified enterprise log says. Made only by log/verify.ts; lists of keys hold the key of epoch n at n − 1. */
export interface LogState extends Readonly<Said> {
  readonly [verified]: true
  readonly administrators: ReadonlyMap<UserId, readonly AdministratorRight[]>
  readonly certificates: ReadonlyMap<UserId, Certificate>
  readonly claims: ReadonlyMap<UserId, readonly SamlClaim[]>
  readonly identityProviders: ReadonlyMap<ConnectionId, PinnedIdentityProvider>
  readonly teamKeys: ReadonlyMap<TeamId, readonly EncryptionKey[]>
  /** With which key the newest key of each team was stated: who made it holds it, and needs no grant of it. */
  readonly teamKeyPublishers: ReadonlyMap<TeamId, SigningKey>
  readonly automators: ReadonlyMap<AutomatorId, EnrolledAutomator>
  /** Keys that a user or automator, by id, had before they were replaced or removed: what they signed then still opens. */
  readonly formerKeys: ReadonlyMap<string, readonly SigningKey[]>
}

/** What is said of single things. */
interface Said {
  enterprise: EnterpriseLogId
  length: number
  head: EntryHash
  policy: Policy
  approverKeys: readonly EncryptionKey[]
  recoveryKeys: readonly EncryptionKey[]
  /** Somebody who may hold the newest approver key was removed since it was made: nothing more is sealed to it. */
  approverKeyDue: boolean
  /** The same of the recovery key. */
  recoveryKeyDue: boolean
}

/** The state while entries are applied to it. */
export interface Draft extends Said {
  readonly administrators: Map<UserId, readonly AdministratorRight[]>
  readonly certificates: Map<UserId, Certificate>
  readonly claims: Map<UserId, readonly SamlClaim[]>
  readonly identityProviders: Map<ConnectionId, PinnedIdentityProvider>
  readonly teamKeys: Map<TeamId, readonly EncryptionKey[]>
  readonly teamKeyPublishers: Map<TeamId, SigningKey>
  readonly automators: Map<AutomatorId, EnrolledAutomator>
  readonly formerKeys: Map<string, readonly SigningKey[]>
}

/** A copy that entries can be applied to without the state changing under those who hold it. */
export function draftOf(state: LogState): Draft {
  return {
    ...state,
    administrators: new Map(state.administrators),
    certificates: new Map(state.certificates),
    claims: new Map(state.claims),
    identityProviders: new Map(state.identityProviders),
    teamKeys: new Map(state.teamKeys),
    teamKeyPublishers: new Map(state.teamKeyPublishers),
    automators: new Map(state.automators),
    formerKeys: new Map(state.formerKeys),
  }
}
