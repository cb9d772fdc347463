import * as api from '@claviger/contract/api/vault.ts'
import { FolderId, type TeamId } from '@claviger/contract/ids.ts'
import { ApiError, call } from '../api/call.ts'
import { verifiedRecipient } from '../approvals/recipient.ts'
import { grantFolderKey, makeFolderKey, wrapOwnFolderKey } from '../keys/folder-key.ts'
import { sealFolderName } from '../keys/folder-name.ts'
import { currentTeamKey } from '../keys/recipients.ts'
import { newId } from '../new-id.ts'
import type { Contents, OpenFolder } from './contents.ts'
import { rememberSeen } from './seen-versions.ts'
import { sync } from './sync.ts'
import { withNewestKey, writableFolder } from './writable.ts'

/** With whom a folder is to be shared: a person as `findRecipients` gave them, or a team. */
export type ShareWith = { readonly person: api.Person } | { readonly teamId: TeamId }

/** Makes a folder that is one's own until it is shared. */
export async function addFolder(contents: Contents, name: string): Promise<OpenFolder> {
  const { owner, root, connection } = contents.account
  const key = await makeFolderKey(owner.enterprise, { folderId: newId(FolderId), epoch: 1 })
  const sealedName = await sealFolderName(name, 1, key)
  await call(connection, api.addFolder, { name: sealedName, key: await wrapOwnFolderKey(key, root, owner) })
  const { folderId } = key
  const about = { folderId, name, sealedName, key, ownerId: owner.userId, role: 'owner', sharedWith: 0, synced: 1 } as const
  const folder: OpenFolder = { ...about, isVouched: true, rotationDue: false, binnedAt: null }
  contents.folders.set(folderId, folder)
  await rememberSeen(contents.account, [folder], [])
  return folder
}

/** Gives a folder another name. Where somebody else renamed it meanwhile, this is the name after theirs. @throws ApiError `forbidden` */
export async function renameFolder(contents: Contents, folderId: FolderId, name: string): Promise<void> {
  try {
    await renameOnce(contents, folderId, name)
  } catch (refusal) {
    if (!(refusal instanceof ApiError && (refusal.code === 'version_mismatch' || refusal.code === 'conflict'))) throw refusal
    await sync(contents)
    await renameOnce(contents, folderId, name)
  }
}

async function renameOnce(contents: Contents, folderId: FolderId, name: string): Promise<void> {
  const folder = await writableFolder(contents, folderId)
  const sealedName = await sealFolderName(name, folder.sealedName.version + 1, folder.key)
  await call(contents.account.connection, api.renameFolder, { folder: folderId, name: sealedName })
  const renamed = { ...folder, name, sealedName }
  contents.folders.set(folderId, renamed)
  await rememberSeen(contents.account, [renamed], [])
}

/**
 * Shares a folder, or changes the role of whom it is shared with. The key is sealed to keys that the log certifies alone.
 * @throws ClientError `uncertified`, `swapped_key`, `unknown_key` for a team without a key; ApiError `forbidden`
 */
export async function share(contents: Contents, folderId: FolderId, to: ShareWith, role: api.FolderRole): Promise<void> {
  const { approver } = contents.opener
  await approver.refresh()
  await withNewestKey(contents, async () => {
    const { key } = await writableFolder(contents, folderId)
    const recipient =
      'teamId' in to ? currentTeamKey(approver.state, to.teamId) : await verifiedRecipient(approver, to.person.userId, to.person.identity)
    const grant = await grantFolderKey(key, recipient, approver.granter, Date.now())
    await call(approver.connection, api.shareFolder, { folder: folderId, role, grant })
  })
}

/** Takes a person or a team off a folder: at once by the server; their key ends with the folder's next (rotate.ts). */
export async function unshare(contents: Contents, folderId: FolderId, grantee: api.FolderGrantee): Promise<void> {
  await call(contents.account.connection, api.unshareFolder, { folder: folderId, grantee })
}

/** Who can open a folder, as the server says. */
export async function accessOf(contents: Contents, folderId: FolderId): Promise<readonly api.AccessShown[]> {
  return (await call(contents.account.connection, api.listAccess, { folder: folderId })).access
}

/** People and teams whose address or name begins so. */
export function findRecipients(contents: Contents, text: string) {
  return call(contents.account.connection, api.findRecipients, { text })
}

/** A whole folder into its owner's bin, out of it, or gone for good. */
export async function setFolderBinned(contents: Contents, folderId: FolderId, act: 'bin' | 'restore' | 'purge'): Promise<void> {
  await call(contents.account.connection, api.binFolder, { folder: folderId, act })
  await sync(contents)
}
