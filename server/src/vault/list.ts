import type { Person, VaultFolder } from '@claviger/contract/api/vault.ts'
import { SealedFolderName } from '@claviger/contract/folder-name.ts'
import { FolderId, UserId } from '@claviger/contract/ids.ts'
import type { Db } from '../storage/database.ts'
import { peopleOf } from './people.ts'
import { strongest } from './role.ts'
import { type AccessRow, grantersOf, wayOf } from './ways.ts'

/** The folders that a person can open now, each with every way to its newest key, and the people who granted those. */
export async function vaultOf(db: Db, userId: string): Promise<{ folders: VaultFolder[]; people: Person[] }> {
  const rows = [...(await personalRows(db, userId)), ...(await teamRows(db, userId))]
  const folders = new Map<string, FolderRow[]>()
  for (const row of rows) folders.set(row.id, [...(folders.get(row.id) ?? []), row])
  const shares = await countShares(db, [...folders.keys()])
  const shown = [...folders.values()].flatMap((ofFolder) => showFolder(userId, ofFolder, shares))
  return { folders: shown, people: await peopleOf(db, grantersOf(shown.flatMap(({ ways }) => ways))) }
}

type FolderRow = Awaited<ReturnType<typeof personalRows>>[number]

function personalRows(db: Db, userId: string) {
  return accessRows(db)
    .where('a.grantee_id', '=', userId)
    .where((eb) => eb.or([eb('a.grantee_kind', '=', 'user'), eb.and([eb('a.grantee_kind', '=', 'owner'), eb('f.owner_id', '=', userId)])]))
    .execute()
}

function teamRows(db: Db, userId: string) {
  return accessRows(db)
    .innerJoin('memberships as m', 'm.team_id', 'a.grantee_id')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .where('a.grantee_kind', '=', 'team')
    .where('m.user_id', '=', userId)
    .where('m.state', '=', 'active')
    .where('t.archived_at', 'is', null)
    .execute()
}

function accessRows(db: Db) {
  return db
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', (join) => join.onRef('f.id', '=', 'a.folder_id').onRef('f.key_epoch', '=', 'a.folder_epoch'))
    .select([
      'f.id',
      'f.owner_id',
      'f.name',
      'f.key_epoch',
      'f.revision',
      'f.rotation_due',
      'f.deleted_at',
      'a.grantee_kind',
      'a.grantee_id',
      'a.grantee_epoch',
      'a.role',
      'a.key_grant',
    ])
}

function showFolder(userId: string, rows: readonly (FolderRow & AccessRow)[], shares: ReadonlyMap<string, number>): VaultFolder[] {
  const [folder] = rows
  if (folder === undefined) return []
  const isOwner = folder.owner_id === userId
  const role = isOwner ? 'owner' : strongest(rows.map((row) => row.role))
  if (role === undefined || (folder.deleted_at !== null && !isOwner)) return []
  return [
    {
      folderId: FolderId.parse(folder.id),
      ownerId: UserId.parse(folder.owner_id),
      name: SealedFolderName.parse(JSON.parse(folder.name)),
      epoch: folder.key_epoch,
      revision: folder.revision,
      role,
      sharedWith: shares.get(folder.id) ?? 0,
      rotationDue: folder.rotation_due === 1,
      binnedAt: folder.deleted_at,
      ways: rows.map(wayOf),
    },
  ]
}

async function countShares(db: Db, folderIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (folderIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', 'f.id', 'a.folder_id')
    .select((eb) => ['a.folder_id', eb.fn.count<number>('a.grantee_id').distinct().as('count')])
    .where('a.folder_id', 'in', [...folderIds])
    .where('a.grantee_kind', '!=', 'owner')
    .whereRef('a.grantee_id', '!=', 'f.owner_id')
    .groupBy('a.folder_id')
    .execute()
  return new Map(rows.map((row) => [row.folder_id, Number(row.count)]))
}
