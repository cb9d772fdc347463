import { fromBase64url } from '@claviger/contract/bytes.ts'
import { type Grantee, type Granter, type GrantStatement, readGrant } from '@claviger/contract/grant.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { isSignedBy } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ClientError } from '../errors.ts'
import type { Identity } from './identity.ts'
import type { EncryptionKeyPair, SigningKeyPair } from './key-pair.ts'
import type { FormerGranter, VerifiedAutomator, VerifiedUser } from './recipients.ts'

/** Who signs grants. */
export interface GrantSigner {
  readonly granter: Granter
  readonly signing: SigningKeyPair
}

/** Who opens grants: what it is called in them, and the keys. */
export interface GrantOpener {
  readonly grantee: Grantee
  readonly encryption: EncryptionKeyPair
}

/** A user who gives keys on. */
export function asGranter({ userId, signing }: Identity): GrantSigner {
  return { granter: { kind: 'user', id: userId }, signing }
}

/** A user whom keys were given. */
export function asGrantee({ userId, encryption }: Identity): GrantOpener {
  return { grantee: { kind: 'user', id: userId, encryptionKey: encryption.public }, encryption }
}

/** Who says to have made a grant: to be looked up in the log, and given to what opens it. @throws ContractError `malformed` */
export function granterOf(grant: SignedStatement): Granter {
  return readGrant(grant).by
}

/** The grantee's fields and no others: a verified recipient carries more. */
export function granteeOf(to: Grantee): Grantee {
  if (to.kind === 'team') return { kind: to.kind, id: to.id, epoch: to.epoch, encryptionKey: to.encryptionKey }
  if (to.kind === 'approvers') return { kind: to.kind, epoch: to.epoch, encryptionKey: to.encryptionKey }
  return to.kind === 'user'
    ? { kind: to.kind, id: to.id, encryptionKey: to.encryptionKey }
    : { kind: to.kind, id: to.id, encryptionKey: to.encryptionKey }
}

/**
 * What a grant says, if `granter` signed it, for this enterprise and for this opener.
 * @throws ClientError `bad_grant`; ContractError `malformed`
 */
export async function readGrantFor(
  grant: SignedStatement,
  enterprise: EnterpriseLogId,
  granter: VerifiedUser | VerifiedAutomator | FormerGranter,
  opener: GrantOpener,
): Promise<GrantStatement> {
  const said = readGrant(grant)
  const named = said.by.kind === granter.kind && said.by.id === granter.id && granter.enterprise === enterprise
  if (!named || !(await isSignedBy(granter.signingKey, 'grant', fromBase64url(grant.statement), grant.signature))) {
    throw new ClientError('bad_grant', 'A grant is not signed by whom it names.')
  }
  requireGrantee(said, enterprise, opener)
  return said
}

/** Refuses a grant that was made for others; says nothing of who signed it. @throws ClientError `bad_grant` */
export function requireGrantee(said: GrantStatement, enterprise: EnterpriseLogId, { grantee }: GrantOpener): void {
  if (said.enterprise !== enterprise) throw new ClientError('bad_grant', 'A grant was made for another enterprise.')
  if (JSON.stringify(granteeOf(said.to)) !== JSON.stringify(granteeOf(grantee))) {
    throw new ClientError('bad_grant', 'A grant was made for somebody else, or for other keys.')
  }
}
