import { ContractError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import type { EncryptionKey, PublicIdentity, SigningKey } from '../public-keys.ts'
import type { Certificate, Draft, SamlClaim } from './state.ts'
import type { Signer, Statement, StatementBody, StatementOf } from './statement.ts'

/**
 * Takes into the draft what a statement says, that `signedBy` signed. Its signer, signature and place were checked.
 * @throws ContractError `contradiction`
 */
export function applyStatement(draft: Draft, { body, signer }: Statement, signedBy: SigningKey): void {
  if (body.kind === 'administrator-added') addAdministrator(draft, body, signer)
  else if (body.kind === 'administrator-removed') removeAdministrator(draft, body)
  else if (body.kind === 'user-certified') certifyUser(draft, body)
  else if (body.kind === 'team-key' || body.kind === 'approver-key' || body.kind === 'recovery-key') applyKey(draft, body, signedBy)
  else applySetting(draft, body)
}

type KeyBody = StatementOf<'team-key' | 'approver-key' | 'recovery-key'>
type PeopleBody = StatementOf<'administrator-added' | 'administrator-removed' | 'user-certified'>
type Setting = Exclude<StatementBody, KeyBody | PeopleBody>

function applyKey(draft: Draft, body: KeyBody, signedBy: SigningKey): void {
  if (body.kind === 'team-key') {
    draft.teamKeys.set(body.teamId, nextKeys(draft.teamKeys.get(body.teamId) ?? [], body))
    draft.teamKeyPublishers.set(body.teamId, signedBy)
  } else if (body.kind === 'approver-key') {
    draft.approverKeys = nextKeys(draft.approverKeys, body)
    draft.approverKeyDue = false
  } else {
    draft.recoveryKeys = nextKeys(draft.recoveryKeys, body)
    draft.recoveryKeyDue = false
  }
}

function applySetting(draft: Draft, body: Setting): void {
  switch (body.kind) {
    case 'policy-set':
      draft.policy = body.policy
      break
    case 'identity-provider-pinned':
      draft.identityProviders.set(body.connectionId, { entityId: body.entityId, certificates: body.certificates })
      break
    case 'identity-provider-removed':
      demand(draft.identityProviders.delete(body.connectionId), 'this identity provider is not pinned')
      break
    case 'automator-enrolled':
      demand(!draft.automators.has(body.automatorId), 'this automator is enrolled already')
      draft.automators.set(body.automatorId, { identity: body.identity, scope: body.scope })
      break
    case 'automator-removed':
      keepFormer(draft, body.automatorId, draft.automators.get(body.automatorId)?.identity)
      demand(draft.automators.delete(body.automatorId), 'this automator is not enrolled')
      draft.approverKeyDue ||= draft.approverKeys.length > 0
      break
    case 'genesis':
      demand(false, 'the log has its genesis')
  }
}

function addAdministrator(draft: Draft, { userId, rights }: StatementOf<'administrator-added'>, signer: Signer) {
  const ofSigner = signer.kind === 'administrator' ? (draft.administrators.get(signer.id) ?? []) : []
  demand(draft.certificates.has(userId), 'only a certified user can become an administrator')
  demand(!draft.administrators.has(userId), 'this user is an administrator already')
  demand(new Set(rights).size === rights.length, 'a right is named twice')
  demand(
    rights.every((right) => ofSigner.includes(right)),
    'nobody can give a right that they do not have',
  )
  draft.administrators.set(userId, rights)
}

function removeAdministrator(draft: Draft, { userId }: StatementOf<'administrator-removed'>) {
  draft.recoveryKeyDue ||= draft.administrators.get(userId)?.includes('recovery') === true && draft.recoveryKeys.length > 0
  draft.approverKeyDue ||= draft.approverKeys.length > 0
  demand(draft.administrators.delete(userId), 'this user is not an administrator')
  const others = [...draft.administrators.values()]
  demand(
    others.some((rights) => rights.includes('administrators')),
    'the last who can name administrators must stay one',
  )
}

/** Keys are pinned by their first certificate; only an administrator who names the old key can put others in their place. */
function certifyUser(draft: Draft, body: StatementOf<'user-certified'>) {
  const { userId, email, identity, replaces, evidence } = body
  const before = draft.certificates.get(userId)
  demand(evidence.kind !== 'saml' || replaces === null, 'a directory’s response replaces no keys')
  if (evidence.kind === 'saml') return claim(draft, { userId, email, identity, evidence }, before)
  demand(evidence.kind !== 'first-use' || draft.policy.autoApproval === 'everyone', 'the policy does not let people in at first use')
  demand((before?.identity.signingKey ?? null) === replaces, 'the certificate that this one says it replaces is not the present one')
  if (before !== undefined) {
    demand(evidence.kind === 'administrator', 'only an administrator can replace the keys of a certified user')
    // Otherwise the right to certify would be the right to become any administrator.
    demand(!draft.administrators.has(userId), 'an administrator must be removed as one before their keys are replaced')
  }
  keepFormer(draft, userId, before?.identity)
  draft.certificates.set(userId, { userId, email, identity, evidence })
  draft.claims.delete(userId)
}

/** What was signed with these keys stays what it was; nothing new is sealed to whoever has them. */
function keepFormer(draft: Draft, id: string, identity: PublicIdentity | undefined) {
  if (identity !== undefined) draft.formerKeys.set(id, [...(draft.formerKeys.get(id) ?? []), identity.signingKey])
}

function claim(draft: Draft, made: Omit<SamlClaim, 'provider'>, before: Certificate | undefined) {
  demand(before === undefined, 'this user is certified already')
  const provider = draft.identityProviders.get(made.evidence.connectionId)
  if (provider === undefined) return demand(false, 'this identity provider is not pinned')
  const others = claimsOf(draft, made.userId).filter(({ identity }) => identity.signingKey !== made.identity.signingKey)
  draft.claims.set(made.userId, [...others, { ...made, provider }])
}

function claimsOf(draft: Draft, userId: UserId): readonly SamlClaim[] {
  return draft.claims.get(userId) ?? []
}

/** Epochs follow one another without a gap, and no key comes back. */
function nextKeys(
  before: readonly EncryptionKey[],
  { epoch, publicKey }: { epoch: number; publicKey: EncryptionKey },
): readonly EncryptionKey[] {
  demand(epoch === before.length + 1, `the next epoch is ${before.length + 1}`)
  demand(!before.includes(publicKey), 'an earlier epoch had this key')
  return [...before, publicKey]
}

function demand(holds: boolean, why: string): void {
  if (!holds) throw new ContractError('contradiction', `The log refuses this statement: ${why}.`)
}
