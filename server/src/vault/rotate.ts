import type { FolderKeyWrap, RotatedRecordKey } from '@claviger/contract/api/vault.ts'
import type { SealedFolderName } from '@claviger/contract/folder-name.ts'
import { FolderId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { AppError } from '../errors.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import type { FolderRole } from '../storage/vault-tables.ts'
import { type CheckedGrant, checkGrants, type Granting } from './folder-grant.ts'
import { tell } from './folders.ts'
import { putRecordKeys } from './record-rows.ts'
import { strongest } from './role.ts'
import { approvedNodes, type PresentGrantee, presentGrantees, waysTo } from './rotation.ts'

/** A folder's next key, as a client gives it to everybody. */
export interface Rotation {
  folder: string
  /** Of the folder, when the client read it. */
  revision: number
  name: SealedFolderName
  owner: FolderKeyWrap
  grants: readonly SignedStatement[]
  recordKeys: readonly RotatedRecordKey[]
}

/** A rotation whose grants are the caller's, to the keys that their grantees have. Minted only by checkRotation. */
export interface CheckedRotation extends Omit<Rotation, 'grants' | 'owner'> {
  readonly ownerGrant: CheckedGrant | null
  readonly ownerWrap: FolderKeyWrap
  readonly checkedGrants: readonly CheckedGrant[]
  /** Those whose teams the caller approves. */
  readonly nodes: readonly string[]
}

/** Checks what can be checked before the transaction. @throws AppError as checkGrants */
export async function checkRotation(db: Db, caller: Granting, { grants, owner, ...rest }: Rotation): Promise<CheckedRotation> {
  const wanted = { folderId: rest.folder, epoch: rest.name.epoch }
  const nodes = await approvedNodes(db, caller)
  const checkedGrants = await checkGrants(db, caller, wanted, 'sealed' in owner ? grants : [...grants, owner])
  const ownerGrant = 'sealed' in owner ? null : (checkedGrants.pop() ?? null)
  return { ...rest, ownerWrap: owner, ownerGrant, checkedGrants, nodes }
}

/**
 * Gives a folder its next key, with every wrap of it and under it, or nothing. Keys of before are gone then: who was taken
 * off finds none that opens what comes.
 * @throws AppError `conflict` where anything in the folder changed since it was read, or one of its teams waits for a key
 * itself; `invalid_value`, `not_found`
 */
export async function rotateFolder(
  trx: Trx,
  caller: Granting & { readonly actor: string },
  rotation: CheckedRotation,
  at: Millis,
): Promise<{ revision: number }> {
  const { folder: folderId, name } = rotation
  await lockTeams(trx, rotation.checkedGrants)
  await waysTo(trx, caller, rotation.nodes, folderId)
  const folder = await nextEpoch(trx, caller, rotation)
  if (name.folderId !== folderId || name.version !== folder.version) {
    throw new AppError('invalid_value', 'With a folder’s next key comes the present version of its name.')
  }
  requireOwner(rotation, caller, folder.owner_id)
  requireEveryone(await presentGrantees(trx, folderId), rotation.checkedGrants, folder.owner_id)
  await replaceAccess(trx, rotation, folder.owner_id, at)
  await replaceRecordKeys(trx, rotation)
  await tell(trx, caller, folderId, 'folder.rotated', at, { epoch: name.epoch, records: rotation.recordKeys.length })
  return { revision: folder.revision }
}

/** The order in which every writer takes rows: teams by id, the folder, what is in it. */
async function lockTeams(trx: Trx, grants: readonly CheckedGrant[]): Promise<void> {
  const ids = grants.flatMap(({ to }) => (to.kind === 'team' ? [to.id] : []))
  for (const id of ids.toSorted()) {
    await trx
      .updateTable('teams')
      .set((eb) => ({ key_epoch: eb.ref('key_epoch') }))
      .where('id', '=', id)
      .execute()
  }
}

async function nextEpoch(trx: Trx, caller: Granting, { folder, revision, name }: CheckedRotation) {
  const row = await trx
    .updateTable('folders')
    .set((eb) => ({ key_epoch: name.epoch, rotation_due: 0 as const, name: JSON.stringify(name), revision: eb('revision', '+', 1) }))
    .where('id', '=', folder)
    .where('enterprise_id', '=', caller.enterpriseId)
    .where('key_epoch', '=', name.epoch - 1)
    .where('revision', '=', revision)
    .where('deleted_at', 'is', null)
    .returning(['owner_id', 'version', 'revision'])
    .executeTakeFirst()
  return row ?? changed()
}

function requireOwner({ ownerWrap, ownerGrant, folder, name }: CheckedRotation, caller: Granting, ownerId: string): void {
  if ('sealed' in ownerWrap) {
    const own = caller.kind === 'user' && caller.userId === ownerId
    if (own && ownerWrap.folderId === folder && ownerWrap.epoch === name.epoch) return
    throw new AppError('invalid_value', 'Only the owner wraps the folder’s key under their own root: grant it to them instead.')
  }
  if (ownerGrant?.to.kind !== 'user' || ownerGrant.to.id !== ownerId) changed()
}

function requireEveryone(present: readonly PresentGrantee[], grants: readonly CheckedGrant[], ownerId: string): void {
  const due = present.find((team) => team.due)
  if (due !== undefined)
    throw new AppError('conflict', `The team ${due.id} waits for its own next key: give it one, then rotate the folder.`)
  const wanted = present.filter(({ kind, id }) => kind === 'team' || id !== ownerId).map(nameOf)
  const given = new Set(grants.map(({ to }) => nameOf(to)))
  if (given.size !== grants.length || given.size !== wanted.length || !wanted.every((name) => given.has(name))) changed()
}

function nameOf({ kind, id, epoch }: { kind: string; id: string; epoch: number }): string {
  return `${kind} ${id} ${epoch}`
}

/** Roles stay. Rows of those who are away, deleted or archived, stay too, with a key that opens nothing any more, until they are back. */
async function replaceAccess(trx: Trx, rotation: CheckedRotation, ownerId: string, at: Millis): Promise<void> {
  const { folder, name, ownerWrap, checkedGrants } = rotation
  const before = await trx
    .selectFrom('folder_access')
    .select(['grantee_kind', 'grantee_id', 'role'])
    .where('folder_id', '=', folder)
    .execute()
  const roleOf = (id: string): FolderRole => {
    const role = strongest(before.filter((row) => row.grantee_id === id).map((row) => row.role))
    return role === undefined || role === 'owner' ? 'view' : role
  }
  const renewed = [ownerId, ...checkedGrants.map(({ to }) => to.id)]
  await trx
    .deleteFrom('folder_access')
    .where('folder_id', '=', folder)
    .where((eb) => eb.or([eb('grantee_kind', '=', 'owner'), eb('grantee_id', 'in', renewed)]))
    .execute()
  const shared = { folder_id: folder, folder_epoch: name.epoch, created_at: at }
  await trx
    .insertInto('folder_access')
    .values([
      {
        ...shared,
        grantee_kind: 'owner' as const,
        grantee_id: ownerId,
        grantee_epoch: 0,
        role: 'manage' as const,
        key_grant: JSON.stringify(ownerWrap),
      },
      ...checkedGrants.map(({ to, signed }) => ({
        ...shared,
        grantee_kind: to.kind,
        grantee_id: to.id,
        grantee_epoch: to.epoch,
        role: roleOf(to.id),
        key_grant: JSON.stringify(signed),
      })),
    ])
    .execute()
}

async function replaceRecordKeys(trx: Trx, { folder, name, recordKeys }: CheckedRotation): Promise<void> {
  const rows = await trx.selectFrom('record_keys').select(['record_id', 'epoch']).where('folder_id', '=', folder).execute()
  const present = new Set(rows.map((row) => `${row.record_id} ${row.epoch}`))
  const complete = rows.length === recordKeys.length && recordKeys.every(({ recordId, epoch }) => present.delete(`${recordId} ${epoch}`))
  if (!complete) changed()
  const folderId = FolderId.parse(folder)
  await putRecordKeys(
    trx,
    recordKeys.map((key) => ({ suite: SUITE, ...key, folderId, folderEpoch: name.epoch })),
  )
}

function changed(): never {
  throw new AppError('conflict', 'The folder changed while its next key was made: read it again, then rotate it.')
}
