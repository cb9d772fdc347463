import type { Action } from '@claviger/contract/api/console/actions.ts'
import type { OwnFolderKey } from '@claviger/contract/envelopes.ts'
import type { SealedFolderName } from '@claviger/contract/folder-name.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { lockFolder, requireEpoch, requireInUse, type VaultCaller } from './role.ts'

/** Folders of one owner. */
const MOST_FOLDERS = 1000

/** Makes a folder that is the caller's alone. Its id is the client's. @throws AppError `uniqueness`, `invalid_value`, `too_many` */
export async function createFolder(
  trx: Trx,
  caller: VaultCaller,
  { name, key }: { name: SealedFolderName; key: OwnFolderKey },
  at: Millis,
): Promise<{ revision: number }> {
  const id = name.folderId
  if (key.folderId !== id || key.epoch !== 1 || name.epoch !== 1 || name.version !== 1) {
    throw new AppError('invalid_value', 'A new folder’s name and key are of one folder, in version 1 and epoch 1.')
  }
  const { owned } = await trx
    .selectFrom('folders')
    .select((eb) => eb.fn.countAll<number>().as('owned'))
    .where('owner_id', '=', caller.userId)
    .executeTakeFirstOrThrow()
  if (Number(owned) >= MOST_FOLDERS)
    throw new AppError('too_many', `Nobody owns more than ${MOST_FOLDERS} folders: purge some of the bin first.`)
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('folders')
    .values({
      id,
      enterprise_id: caller.enterpriseId,
      owner_id: caller.userId,
      name: JSON.stringify(name),
      version: 1,
      key_epoch: 1,
      rotation_due: 0,
      revision: 1,
      created_at: at,
      deleted_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new AppError('uniqueness', `There is a folder ${id} already.`)
  await trx
    .insertInto('folder_access')
    .values({
      folder_id: id,
      grantee_kind: 'owner',
      grantee_id: caller.userId,
      grantee_epoch: 0,
      folder_epoch: 1,
      role: 'manage',
      key_grant: JSON.stringify(key),
      created_at: at,
    })
    .execute()
  await tell(trx, caller, id, 'folder.created', at)
  return { revision: 1 }
}

/** Gives a folder another name, which is the next version of it. @throws AppError `version_mismatch`, `conflict`, as requireRole */
export async function renameFolder(
  trx: Trx,
  caller: VaultCaller,
  folderId: string,
  name: SealedFolderName,
  at: Millis,
): Promise<{ revision: number }> {
  if (name.folderId !== folderId) throw new AppError('invalid_value', 'This name is sealed for another folder.')
  const folder = await lockFolder(trx, caller, folderId, 'manage')
  requireInUse(folder)
  requireEpoch(folder, name.epoch)
  if (name.version !== folder.version + 1) {
    throw new AppError('version_mismatch', 'The folder was renamed meanwhile: sync, then rename it again.')
  }
  await trx
    .updateTable('folders')
    .set({ name: JSON.stringify(name), version: name.version })
    .where('id', '=', folderId)
    .execute()
  await tell(trx, caller, folderId, 'folder.renamed', at)
  return { revision: folder.revision }
}

/** Moves a folder into its owner's bin or out of it. Grants stay as they are, and open nothing meanwhile. */
export async function setFolderBinned(trx: Trx, caller: VaultCaller, folderId: string, binned: boolean, at: Millis): Promise<void> {
  const folder = await lockFolder(trx, caller, folderId, 'owner')
  if ((folder.deletedAt !== null) === binned) return
  await trx
    .updateTable('folders')
    .set({ deleted_at: binned ? at : null })
    .where('id', '=', folderId)
    .execute()
  await tell(trx, caller, folderId, binned ? 'folder.binned' : 'folder.restored', at)
}

/** Removes a folder that is in the bin, with everything in it, for good. @throws AppError `conflict` where it is not in the bin */
export async function purgeFolder(trx: Trx, caller: VaultCaller, folderId: string, at: Millis): Promise<void> {
  const folder = await lockFolder(trx, caller, folderId, 'owner')
  if (folder.deletedAt === null) throw new AppError('conflict', 'Only a folder in the bin can be purged: put it there first.')
  await removeFolders(trx, [folderId])
  await tell(trx, caller, folderId, 'folder.purged', at)
}

/** Removes the rows of folders and of all that is in them: children before parents. */
export async function removeFolders(trx: Trx, folderIds: readonly string[]): Promise<void> {
  for (const folderId of folderIds) {
    const records = trx.selectFrom('records').select('id').where('folder_id', '=', folderId)
    const attachments = trx.selectFrom('attachments').select('id').where('record_id', 'in', records)
    await trx.deleteFrom('attachment_chunks').where('attachment_id', 'in', attachments).execute()
    for (const table of ['attachments', 'record_versions', 'record_keys', 'record_opens'] as const) {
      await trx.deleteFrom(table).where('record_id', 'in', records).execute()
    }
    for (const table of ['records', 'gone_records', 'folder_access'] as const) {
      await trx.deleteFrom(table).where('folder_id', '=', folderId).execute()
    }
    await trx.deleteFrom('folders').where('id', '=', folderId).execute()
  }
}

/** Writes the audit log and tells the screens. */
export async function tell(
  trx: Trx,
  { enterpriseId, actor }: Pick<VaultCaller, 'enterpriseId' | 'actor'>,
  folderId: string,
  action: Action,
  at: Millis,
  detail?: Record<string, unknown>,
): Promise<void> {
  await record(trx, { enterpriseId, at, actor, action, subjectKind: 'folder', subjectId: folderId, ...(detail && { detail }) })
  await announce(trx, { enterpriseId, kind: 'folder', subjectId: folderId, at })
}
