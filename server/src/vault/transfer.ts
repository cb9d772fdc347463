import type { FolderWay, Person } from '@claviger/contract/api/vault.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import { type FolderKeyGrant, readGrant } from '@claviger/contract/grant.ts'
import { FolderId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { type RecoveringCaller, requireRecoverer, type SealedUser, sealedUser } from '../accounts/recovery-by-key.ts'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { notify } from '../notices/notify.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { type CheckedGrant, checkGrants } from './folder-grant.ts'
import { tell } from './folders.ts'
import { markOpened } from './mark-opened.ts'
import { peopleOf } from './people.ts'
import { grantersOf, wayOf } from './ways.ts'

/** The vault of somebody who left, as the recovery key opens it. */
export interface LeaverVault extends Omit<SealedUser, 'deviceList' | 'deviceListVersion'> {
  email: string
  folders: { folderId: FolderId; epoch: number; way: FolderWay }[]
  /** Who granted keys among the ways. */
  people: Person[]
}

/**
 * What the recovery key opens of a user who left, with the folders that are theirs.
 * @throws AppError `forbidden`, `not_found`; `conflict` for a user who is still here, has no folders, or is not recoverable
 */
export async function vaultOfLeaver(db: Db, caller: RecoveringCaller, userId: string): Promise<LeaverVault> {
  await requireRecoverer(db, caller, userId)
  const leaver = await db
    .selectFrom('users')
    .select(['email', 'status', 'deleted_at'])
    .where('id', '=', userId)
    .where('enterprise_id', '=', caller.enterpriseId)
    .executeTakeFirstOrThrow()
  if (leaver.status !== 'locked' && leaver.deleted_at === null) throw stillHere()
  const rows = await db
    .selectFrom('folders as f')
    .innerJoin('folder_access as a', (join) => join.onRef('a.folder_id', '=', 'f.id').onRef('a.folder_epoch', '=', 'f.key_epoch'))
    .select(['f.id', 'f.key_epoch', 'a.grantee_kind', 'a.grantee_id', 'a.grantee_epoch', 'a.role', 'a.key_grant'])
    .where('f.owner_id', '=', userId)
    .where('a.grantee_kind', '=', 'owner')
    .where('a.grantee_id', '=', userId)
    .orderBy('f.id')
    .execute()
  if (rows.length === 0) throw new AppError('conflict', 'This user has no folders: there were none, or they were transferred already.')
  const { deviceList: _list, deviceListVersion: _version, ...sealed } = await sealedUser(db, caller, userId)
  const folders = rows.map((row) => ({ folderId: FolderId.parse(row.id), epoch: row.key_epoch, way: wayOf(row) }))
  return { ...sealed, email: leaver.email, folders, people: await peopleOf(db, grantersOf(folders.map(({ way }) => way))) }
}

/** Notes that the caller was given what opens a leaver's vault. In the transaction before the answer. */
export async function recordVaultOpened(trx: Trx, { enterpriseId, actor }: RecoveringCaller, userId: string, at: Millis): Promise<void> {
  const detail = { for: 'transfer' }
  await record(trx, { enterpriseId, at, actor, action: 'user.opened-by-recovery-key', subjectKind: 'user', subjectId: userId, detail })
}

/** Folders that get another owner, with their keys for that person. Minted only by `checkTransfer`. */
export interface CheckedTransfer {
  readonly from: string
  readonly to: string
  readonly grants: readonly CheckedGrant[]
}

/**
 * Checks a transfer before its transaction: the caller's right, and each grant as for a share.
 * @throws AppError `forbidden`, `not_found`, `invalid_value` with the first grant that is wrong
 */
export async function checkTransfer(
  db: Db,
  caller: RecoveringCaller & { kind: 'user' },
  from: string,
  { to, grants }: { to: string; grants: readonly SignedStatement[] },
): Promise<CheckedTransfer> {
  await requireRecoverer(db, caller, from)
  if (to === from) throw new AppError('invalid_value', 'A vault is transferred to another person.')
  const checked: CheckedGrant[] = []
  for (const signed of grants) {
    const said = readFolderGrant(signed, to)
    checked.push(...(await checkGrants(db, caller, { folderId: said.folderId, epoch: said.epoch }, [signed])))
  }
  if (new Set(checked.map(({ folderId }) => folderId)).size !== checked.length) {
    throw new AppError('invalid_value', 'There are two grants of one folder.')
  }
  return { from, to, grants: checked.toSorted((a, b) => (a.folderId < b.folderId ? -1 : 1)) }
}

/** What a grant says; `checkGrants` finds out whether it is true. @throws AppError `invalid_value` */
function readFolderGrant(signed: SignedStatement, to: string): FolderKeyGrant {
  try {
    const said = readGrant(signed)
    if (said.kind === 'folder-key' && said.to.kind === 'user' && said.to.id === to) return said
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
  }
  throw new AppError('invalid_value', 'A grant is not of a folder’s key to the person who gets the vault.')
}

/**
 * Makes another person the owner of a leaver's folders. Each folder waits for its next key then, and what the leaver had
 * opened is marked: they know it. Both are told.
 * @throws AppError `conflict` where the leaver is back, the recipient is not active, or a folder is not the leaver's (any more)
 */
export async function transferVault(trx: Trx, caller: RecoveringCaller, { from, to, grants }: CheckedTransfer, at: Millis): Promise<void> {
  const { enterpriseId, actor, email: by } = caller
  const { leaver, recipient } = await holdBoth(trx, enterpriseId, from, to)
  for (const grant of grants) {
    await giveFolder(trx, grant, from, to, at)
    await tell(trx, caller, grant.folderId, 'folder.transferred', at, { from, to })
  }
  await markOpened(trx, { folderIds: grants.map(({ folderId }) => folderId) }, [from], at)
  const folders = grants.length
  const detail = { to, folders }
  await record(trx, { enterpriseId, at, actor, action: 'user.vault-transferred', subjectKind: 'user', subjectId: from, detail })
  await notify(trx, { userId: to, enterpriseId, kind: 'vault-transferred-to-you', detail: { by, person: leaver, folders } }, at)
  await notify(trx, { userId: from, enterpriseId, kind: 'vault-transferred-from-you', detail: { by, person: recipient, folders } }, at)
}

/** Holds the rows of both, in one order, so that neither is locked, unlocked or deleted meanwhile. @returns their addresses */
async function holdBoth(trx: Trx, enterpriseId: string, from: string, to: string): Promise<{ leaver: string; recipient: string }> {
  const held = new Map<string, { email: string; status: string; deleted_at: Millis | null }>()
  for (const id of [from, to].toSorted()) {
    const user = await trx
      .updateTable('users')
      .set((eb) => ({ version: eb.ref('version') }))
      .where('id', '=', id)
      .where('enterprise_id', '=', enterpriseId)
      .returning(['email', 'status', 'deleted_at'])
      .executeTakeFirst()
    if (user) held.set(id, user)
  }
  const [leaver, recipient] = [held.get(from), held.get(to)]
  if (!leaver || (leaver.status !== 'locked' && leaver.deleted_at === null)) throw stillHere()
  if (recipient?.status !== 'active' || recipient.deleted_at !== null) {
    throw new AppError('conflict', 'The person who is to get the vault is not active: choose another, or unlock them first.')
  }
  return { leaver: leaver.email, recipient: recipient.email }
}

async function giveFolder(trx: Trx, { folderId, epoch, signed }: CheckedGrant, from: string, to: string, at: Millis): Promise<void> {
  const given = await trx
    .updateTable('folders')
    .set((eb) => ({ owner_id: to, rotation_due: 1, revision: eb('revision', '+', 1) }))
    .where('id', '=', folderId)
    .where('owner_id', '=', from)
    .where('key_epoch', '=', epoch)
    .returning('id')
    .execute()
  if (given.length === 0) {
    throw new AppError('conflict', `The folder ${folderId} is not this user’s any more, or has a newer key: open the vault again.`)
  }
  await trx
    .deleteFrom('folder_access')
    .where('folder_id', '=', folderId)
    .where((eb) => eb.or([eb('grantee_kind', '=', 'owner'), eb('grantee_id', 'in', [from, to])]))
    .execute()
  await trx
    .insertInto('folder_access')
    .values({
      folder_id: folderId,
      grantee_kind: 'owner',
      grantee_id: to,
      grantee_epoch: 0,
      folder_epoch: epoch,
      role: 'manage',
      key_grant: JSON.stringify(signed),
      created_at: at,
    })
    .execute()
}

function stillHere(): AppError {
  return new AppError('conflict', 'This user is active: lock or delete them before their vault is transferred.')
}
