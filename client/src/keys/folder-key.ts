import type { Binding } from '@claviger/contract/associated-data.ts'
import type { Bytes } from '@claviger/contract/bytes.ts'
import type { OwnFolderKey } from '@claviger/contract/envelopes.ts'
import type { FolderKeyGrant, Grantee } from '@claviger/contract/grant.ts'
import type { EnterpriseLogId, FolderId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { CryptoKey } from 'hpke'
import { ClientError } from '../errors.ts'
import { importAesKey, openAes, sealAes } from './aes.ts'
import { deriveAesKey } from './derive.ts'
import { type GrantOpener, type GrantSigner, granteeOf, readGrantFor } from './grants.ts'
import { openWith, sealTo } from './key-pair.ts'
import { type FormerGranter, requireWithin, type VerifiedAutomator, type VerifiedTeamKey, type VerifiedUser } from './recipients.ts'
import type { RootOwner, UserRoot } from './root-owner.ts'
import { randomBytes, Secret } from './secret.ts'
import { signStatement } from './sign.ts'
import { KEY_BYTES } from './suite.ts'

/** A folder's key of one epoch: wraps the keys of the records in it. */
export interface FolderKey {
  readonly kind: 'folder-key'
  readonly enterprise: EnterpriseLogId
  readonly folderId: FolderId
  readonly epoch: number
  readonly secret: Secret<'folder-key'>
  readonly aes: CryptoKey
}

/** Which key is expected of a wrap or grant. */
export interface FolderKeyWanted {
  readonly folderId: FolderId
  readonly epoch: number
}

/** Makes a folder's key: epoch 1 with the folder, one more at each rotation. */
export function makeFolderKey(enterprise: EnterpriseLogId, wanted: FolderKeyWanted): Promise<FolderKey> {
  return folderKeyOf(enterprise, wanted, randomBytes(KEY_BYTES))
}

/** The key of a personal folder under the owner's root. The key is the owner's alone, so nobody else can have made the wrap. */
export async function wrapOwnFolderKey(key: FolderKey, root: UserRoot, owner: RootOwner): Promise<OwnFolderKey> {
  const { folderId, epoch } = key
  if (key.enterprise !== owner.enterprise) throw new ClientError('unknown_key', 'This folder is of another enterprise.')
  const wrapping = await deriveAesKey(root.reveal(), 'own folders', owner.enterprise, owner.userId)
  return { suite: SUITE, folderId, epoch, sealed: await sealAes(wrapping, key.secret.reveal(), ownBinding(owner, key)) }
}

/** @throws ClientError `cannot_open`, also where the wrap is of another folder or epoch than the wanted one */
export async function openOwnFolderKey(wrap: OwnFolderKey, wanted: FolderKeyWanted, root: UserRoot, owner: RootOwner): Promise<FolderKey> {
  const wrapping = await deriveAesKey(root.reveal(), 'own folders', owner.enterprise, owner.userId)
  return folderKeyOf(owner.enterprise, wanted, await openAes(wrapping, wrap.sealed, ownBinding(owner, wanted)))
}

/** Shares a folder with a team or a person: its key sealed for them, signed by the granter. `at`: milliseconds. @throws ClientError `not_entitled` */
export async function grantFolderKey(
  key: FolderKey,
  to: VerifiedTeamKey | VerifiedUser,
  by: GrantSigner,
  at: number,
): Promise<SignedStatement> {
  const { enterprise, folderId, epoch } = key
  requireWithin(enterprise, to)
  const grantee = granteeOf(to)
  const sealed = await sealTo(to.encryptionKey, key.secret.reveal(), grantBinding(enterprise, key, grantee))
  const grant: FolderKeyGrant = { kind: 'folder-key', suite: SUITE, enterprise, folderId, epoch, to: grantee, by: by.granter, at, sealed }
  return signStatement(by.signing, 'grant', grant)
}

/**
 * The folder's key, if `granter` gave it to this opener, for this folder and epoch.
 * @throws ClientError `bad_grant`, `cannot_open`; ContractError `malformed`
 */
export async function openFolderKey(
  enterprise: EnterpriseLogId,
  grant: SignedStatement,
  wanted: FolderKeyWanted,
  granter: VerifiedUser | VerifiedAutomator | FormerGranter,
  opener: GrantOpener,
): Promise<FolderKey> {
  const said = await readGrantFor(grant, enterprise, granter, opener)
  if (said.kind !== 'folder-key' || said.folderId !== wanted.folderId || said.epoch !== wanted.epoch) {
    throw new ClientError('bad_grant', `A grant is not for epoch ${wanted.epoch} of the folder ${wanted.folderId}.`)
  }
  const binding = grantBinding(enterprise, wanted, granteeOf(opener.grantee))
  return folderKeyOf(enterprise, wanted, await openWith(opener.encryption, said.sealed, binding))
}

async function folderKeyOf(enterprise: EnterpriseLogId, { folderId, epoch }: FolderKeyWanted, bytes: Bytes): Promise<FolderKey> {
  if (bytes.length !== KEY_BYTES) throw new ClientError('cannot_open', 'What was opened has not the length of a folder key.')
  return { kind: 'folder-key', enterprise, folderId, epoch, secret: new Secret('folder-key', bytes), aes: await importAesKey(bytes) }
}

function ownBinding({ enterprise, userId }: RootOwner, { folderId, epoch }: FolderKeyWanted): Binding {
  return {
    label: 'folder-key of owner',
    enterprise,
    object: { type: 'folder', id: folderId },
    owner: { type: 'user', id: userId },
    wrappingKey: { id: userId, epoch: 1 },
    part: 'key',
    version: epoch,
    beside: {},
  }
}

function grantBinding(enterprise: EnterpriseLogId, { folderId, epoch }: FolderKeyWanted, to: Grantee): Binding {
  const id = to.kind === 'approvers' ? 'approvers' : to.id
  return {
    label: 'folder-key by grant',
    enterprise,
    object: { type: 'folder', id: folderId },
    owner: { type: to.kind === 'team' ? 'team' : 'user', id },
    wrappingKey: { id, epoch: 'epoch' in to ? to.epoch : 1 },
    part: 'key',
    version: epoch,
    beside: { recipientKind: to.kind, recipientKey: to.encryptionKey },
  }
}
