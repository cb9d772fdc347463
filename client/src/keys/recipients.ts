import { type Bytes, sha256, toBase64url } from '@claviger/contract/bytes.ts'
import type { Grantee, Granter } from '@claviger/contract/grant.ts'
import type { AutomatorId, EnterpriseLogId, TeamId, UserId } from '@claviger/contract/ids.ts'
import type { LogState, PinnedIdentityProvider, SamlClaim } from '@claviger/contract/log/state.ts'
import type { AutomatorRight } from '@claviger/contract/log/statement.ts'
import { type PublicIdentity, requireKeyBinding, type SigningKey } from '@claviger/contract/public-keys.ts'
import { samlRequestId } from '@claviger/contract/saml-request-id.ts'
import { ClientError } from '../errors.ts'

/**
 * Public keys that the enterprise log vouches for. Keys are sealed to these types alone, and only this file makes them, so
 * a key that a server hands out is never sealed to unseen: that does not compile.
 */
declare const verified: unique symbol
type Verified<T> = T & { readonly [verified]: true }
type GranteeOf<Kind extends Grantee['kind']> = Extract<Grantee, { kind: Kind }>

interface InEnterprise {
  readonly enterprise: EnterpriseLogId
}

export type VerifiedUser = Verified<GranteeOf<'user'> & InEnterprise & { signingKey: SigningKey }>
export type VerifiedAutomator = Verified<GranteeOf<'automator'> & InEnterprise & { signingKey: SigningKey }>
export type VerifiedTeamKey = Verified<GranteeOf<'team'> & InEnterprise>
export type VerifiedApproverKey = Verified<GranteeOf<'approvers'> & InEnterprise>
export type VerifiedRecoveryKey = Verified<Pick<GranteeOf<'approvers'>, 'epoch' | 'encryptionKey'> & InEnterprise>

/** Who signed with keys that were replaced or removed since. Nothing can be sealed to it: it has no encryption key. */
export type FormerGranter = Verified<Granter & InEnterprise & { signingKey: SigningKey }>

/** The public keys that a server gave for a user, to be held against the log. */
type Offered = Pick<PublicIdentity, 'signingKey' | 'encryptionKey'>

/**
 * A user whom an administrator, an automator or the genesis certified.
 * @throws ClientError `uncertified`; `swapped_key` where the server offers other keys than the certified ones
 */
export function certifiedUser(state: LogState, userId: UserId, offered?: Offered): VerifiedUser {
  const certificate = state.certificates.get(userId)
  if (certificate === undefined) throw new ClientError('uncertified', `The log has no certificate of the user ${userId}.`)
  const { identity } = certificate
  if (offered !== undefined) requireSame(userId, identity, offered)
  return verifiedUser(state, userId, identity)
}

/**
 * A user whom nobody certified yet, while the policy in the log lets in everyone whom the directory pushes. `pinned` are
 * the keys that this device took for theirs the last time, or null the first time: the caller keeps what it gets.
 * @throws ClientError `uncertified`, `swapped_key`; ContractError `bad_signature`
 */
export async function firstUseUser(
  state: LogState,
  userId: UserId,
  offered: PublicIdentity,
  pinned: Offered | null,
): Promise<VerifiedUser> {
  if (state.certificates.has(userId)) return certifiedUser(state, userId, offered)
  if (state.policy.autoApproval !== 'everyone') {
    throw new ClientError('uncertified', `The log has no certificate of the user ${userId}, and its policy wants one.`)
  }
  if (pinned !== null) requireSame(userId, pinned, offered)
  await requireKeyBinding(userId, offered)
  return verifiedUser(state, userId, offered)
}

/**
 * Whether this is the directory's response to `requestId`, for `email`, signed with a certificate of `provider`. Checking
 * XML signatures is the caller's part; it must refuse everything that the assertion's signature does not cover.
 */
export type SamlResponseCheck = (
  response: Bytes,
  expected: { provider: PinnedIdentityProvider; requestId: string; email: string },
) => Promise<boolean>

/**
 * A user whose keys the directory's signed response stands for. `response` is the stored XML as the directory sent it.
 * @throws ClientError `uncertified`
 */
export async function samlUser(
  state: LogState,
  userId: UserId,
  offered: Offered,
  response: Bytes,
  check: SamlResponseCheck,
): Promise<VerifiedUser> {
  if (state.certificates.has(userId)) return certifiedUser(state, userId, offered)
  for (const claim of state.claims.get(userId) ?? []) {
    if (await isProven(state, claim, offered, response, check)) return verifiedUser(state, userId, claim.identity)
  }
  throw new ClientError('uncertified', `No response of a directory that the log pins proves these keys of the user ${userId}.`)
}

/** The hash that ties a directory's response to the statement that rests on it, 32 bytes in base64url. */
export async function samlResponseHash(response: Bytes): Promise<string> {
  return toBase64url(await sha256(['claviger saml response', response]))
}

/** An automator that the log gives this right. @throws ClientError `uncertified` */
export function enrolledAutomator(state: LogState, automatorId: AutomatorId, right: AutomatorRight): VerifiedAutomator {
  const automator = state.automators.get(automatorId)
  if (!automator?.scope.rights.includes(right)) {
    throw new ClientError('uncertified', `The log gives the automator ${automatorId} no right to ${right}.`)
  }
  const { signingKey, encryptionKey } = automator.identity
  return { kind: 'automator', id: automatorId, signingKey, encryptionKey, enterprise: state.enterprise } as VerifiedAutomator
}

/**
 * A granter with each of the keys that the log had of them before. What they granted then is to be opened, or folders would
 * be lost with an automator that is removed; but it says nothing of who holds those keys now, so nothing new is trusted to it.
 */
export function formerGranters(state: LogState, granter: Granter): FormerGranter[] {
  const keys = state.formerKeys.get(granter.id) ?? []
  return keys.map((signingKey) => ({ ...granter, signingKey, enterprise: state.enterprise }) as FormerGranter)
}

/** The team's newest public key: sealing to an older one would let in those who were removed. @throws ClientError `unknown_key` */
export function currentTeamKey(state: LogState, teamId: TeamId): VerifiedTeamKey {
  const keys = state.teamKeys.get(teamId) ?? []
  const encryptionKey = keys.at(-1)
  if (encryptionKey === undefined) throw new ClientError('unknown_key', `The log has no key of the team ${teamId}.`)
  return { kind: 'team', id: teamId, epoch: keys.length, encryptionKey, enterprise: state.enterprise } as VerifiedTeamKey
}

/** The newest approver key. @throws ClientError `unknown_key`, also while a removed approver may still hold the newest */
export function currentApproverKey(state: LogState): VerifiedApproverKey {
  const encryptionKey = state.approverKeys.at(-1)
  if (encryptionKey === undefined) throw new ClientError('unknown_key', 'The log has no approver key.')
  if (state.approverKeyDue) throw new ClientError('unknown_key', 'An approver was removed: the approver key must be renewed first.')
  return { kind: 'approvers', epoch: state.approverKeys.length, encryptionKey, enterprise: state.enterprise } as VerifiedApproverKey
}

/** The recovery key, or null where the log's policy does not want user roots wrapped for it, or it must be renewed first. */
export function wantedRecoveryKey(state: LogState): VerifiedRecoveryKey | null {
  const encryptionKey = state.recoveryKeys.at(-1)
  if (!state.policy.recovery || state.recoveryKeyDue || encryptionKey === undefined) return null
  return { epoch: state.recoveryKeys.length, encryptionKey, enterprise: state.enterprise } as VerifiedRecoveryKey
}

/** Refuses to seal what is one enterprise's to a recipient of another. @throws ClientError `not_entitled` */
export function requireWithin(enterprise: EnterpriseLogId, to: InEnterprise): void {
  if (to.enterprise !== enterprise) throw new ClientError('not_entitled', 'The recipient belongs to another enterprise.')
}

async function isProven(
  state: LogState,
  { userId, email, identity, evidence, provider }: SamlClaim,
  offered: Offered,
  response: Bytes,
  check: SamlResponseCheck,
) {
  if (!isSame(identity, offered) || (await samlResponseHash(response)) !== evidence.responseHash) return false
  const { signingKey, encryptionKey } = identity
  const { enterprise } = state
  const requestId = await samlRequestId({
    purpose: 'certify-identity',
    enterprise,
    userId,
    nonce: evidence.nonce,
    signingKey,
    encryptionKey,
  })
  return check(response, { provider, requestId, email })
}

function verifiedUser({ enterprise }: LogState, id: UserId, { signingKey, encryptionKey }: Offered): VerifiedUser {
  return { kind: 'user', id, signingKey, encryptionKey, enterprise } as VerifiedUser
}

function isSame(a: Offered, b: Offered): boolean {
  return a.signingKey === b.signingKey && a.encryptionKey === b.encryptionKey
}

function requireSame(userId: UserId, certified: Offered, offered: Offered): void {
  if (isSame(certified, offered)) return
  throw new ClientError('swapped_key', `The keys offered for the user ${userId} are not the known ones.`)
}
