import type { EffectiveRole } from '@claviger/contract/api/vault.ts'
import { AppError } from '../errors.ts'
import type { Db, Trx } from '../storage/database.ts'

/** Who asks for something in a vault. A UserCaller of the API is one. */
export interface VaultCaller {
  readonly userId: string
  readonly enterpriseId: string
  /** As the audit log names them. */
  readonly actor: string
}

const order: readonly EffectiveRole[] = ['view', 'edit', 'manage', 'owner']

const words: Readonly<Record<EffectiveRole, string>> = {
  view: 'You may read this folder, and that needs access to it.',
  edit: 'You may read this folder and not change it: ask its owner, or who manages it, for the role edit.',
  manage: 'This needs the role manage in the folder: ask its owner, or who manages it.',
  owner: 'Only the owner of the folder may do this.',
}

/** A folder as far as every act in it needs to know. */
export interface FolderState {
  id: string
  ownerId: string
  enterpriseId: string
  keyEpoch: number
  revision: number
  version: number
  deletedAt: number | null
  role: EffectiveRole
}

/** The strongest of several roles; undefined of none. */
export function strongest(roles: readonly EffectiveRole[]): EffectiveRole | undefined {
  return order.findLast((role) => roles.includes(role))
}

/**
 * The folder, if the caller has at least this role in it: as its owner, as a person, or through a team in which their
 * membership is active. A folder in the bin is its owner's alone.
 * @throws AppError `not_found` where they cannot open it at all, `forbidden` where the role is too small
 */
export async function requireRole(db: Db | Trx, caller: VaultCaller, folderId: string, least: EffectiveRole): Promise<FolderState> {
  const folder = await db
    .selectFrom('folders')
    .select([
      'id',
      'owner_id as ownerId',
      'enterprise_id as enterpriseId',
      'key_epoch as keyEpoch',
      'revision',
      'version',
      'deleted_at as deletedAt',
    ])
    .where('id', '=', folderId)
    .where('enterprise_id', '=', caller.enterpriseId)
    .executeTakeFirst()
  const role = folder && (await roleIn(db, folder, caller.userId))
  if (folder === undefined || role === undefined) {
    throw new AppError('not_found', `There is no folder ${folderId.slice(0, 100)} that you can open.`)
  }
  if (order.indexOf(role) < order.indexOf(least)) throw new AppError('forbidden', words[least])
  return { ...folder, role }
}

/**
 * As requireRole, with the folder held against other writers until the transaction ends, and counted one revision on: what
 * every change in a folder begins with. Teams, where they matter, are locked before it, records after it.
 */
export async function lockFolder(trx: Trx, caller: VaultCaller, folderId: string, least: EffectiveRole): Promise<FolderState> {
  await trx
    .updateTable('folders')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .where('id', '=', folderId)
    .where('enterprise_id', '=', caller.enterpriseId)
    .execute()
  return requireRole(trx, caller, folderId, least)
}

/** Refuses what was sealed under an older key of the folder. @throws AppError `conflict` */
export function requireEpoch(folder: FolderState, epoch: number): void {
  if (folder.keyEpoch === epoch) return
  throw new AppError('conflict', `The folder has had another key meanwhile, of epoch ${folder.keyEpoch}: sync, then do it again.`)
}

/** Refuses a folder in the bin. @throws AppError `conflict` */
export function requireInUse(folder: FolderState): void {
  if (folder.deletedAt !== null) throw new AppError('conflict', 'This folder is in the bin: restore it first.')
}

async function roleIn(
  db: Db | Trx,
  folder: { id: string; ownerId: string; keyEpoch: number; deletedAt: number | null },
  userId: string,
): Promise<EffectiveRole | undefined> {
  if (folder.ownerId === userId) return 'owner'
  if (folder.deletedAt !== null) return undefined
  const rows = await db
    .selectFrom('folder_access as a')
    .leftJoin('memberships as m', (join) =>
      join
        .onRef('m.team_id', '=', 'a.grantee_id')
        .on('a.grantee_kind', '=', 'team')
        .on('m.user_id', '=', userId)
        .on('m.state', '=', 'active'),
    )
    .leftJoin('teams as t', (join) => join.onRef('t.id', '=', 'm.team_id').on('t.archived_at', 'is', null))
    .select('a.role')
    .where('a.folder_id', '=', folder.id)
    .where('a.folder_epoch', '=', folder.keyEpoch)
    .where((eb) => eb.or([eb.and([eb('a.grantee_kind', '=', 'user'), eb('a.grantee_id', '=', userId)]), eb('t.id', 'is not', null)]))
    .execute()
  return strongest(rows.map(({ role }) => role))
}
