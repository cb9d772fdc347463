import type { Granter } from '@claviger/contract/grant.ts'
import type { UserId } from '@claviger/contract/ids.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'
import { ClientError } from '../errors.ts'
import { certifiedUser, enrolledAutomator, firstUseUser, type VerifiedAutomator, type VerifiedUser } from '../keys/recipients.ts'
import type { Approver } from './approver.ts'

type Trusting = Pick<Approver, 'state' | 'firstUse' | 'granter'>

/**
 * A person to whom keys may be sealed: certified in the log with the keys that the server offers, or, where the log's
 * policy lets everybody in, with the keys that this device first saw, which it keeps before anything is sealed to them.
 * @throws ClientError `uncertified`, `swapped_key`; ContractError `bad_signature`
 */
export async function verifiedRecipient(approver: Trusting, userId: UserId, offered: PublicIdentity): Promise<VerifiedUser> {
  const { state, firstUse } = approver
  if (state.certificates.has(userId) || wantsCertificates(approver)) return certifiedUser(state, userId, offered)
  const pinned = firstUse.get(userId)
  const user = await firstUseUser(state, userId, offered, pinned)
  if (pinned === null) await firstUse.pin(userId, offered)
  return user
}

/**
 * Who signed a grant, with the keys to check that. `offered` are the server's, for people without a certificate.
 * @throws ClientError `uncertified`, also for an automator that was removed, `swapped_key`; ContractError `bad_signature`
 */
export async function verifiedGranter(
  approver: Trusting,
  granter: Granter,
  offered?: PublicIdentity,
): Promise<VerifiedUser | VerifiedAutomator> {
  const { state } = approver
  if (granter.kind === 'automator') {
    const rights = state.automators.get(granter.id)?.scope.rights ?? []
    return enrolledAutomator(state, granter.id, rights.includes('memberships') ? 'memberships' : 'teams')
  }
  if (state.certificates.has(granter.id)) return certifiedUser(state, granter.id)
  if (offered !== undefined) return verifiedRecipient(approver, granter.id, offered)
  throw new ClientError('uncertified', `The log has no certificate of the user ${granter.id}, who signed a grant.`)
}

/** Whether an automator was enrolled to serve certified people alone, whatever the policy lets others do. */
function wantsCertificates({ state, granter: { granter } }: Trusting): boolean {
  return granter.kind === 'automator' && state.automators.get(granter.id)?.scope.verifiedPeopleOnly !== false
}
