import type { AccessShown, FolderGrantee, FolderRole } from '@claviger/contract/api/vault.ts'
import { AppError } from '../errors.ts'
import { announceToPeople } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import type { CheckedGrant } from './folder-grant.ts'
import { tell } from './folders.ts'
import { markOpened } from './mark-opened.ts'
import { lockFolder, requireEpoch, requireInUse, requireRole, strongest, type VaultCaller } from './role.ts'

/** People and teams that one folder is shared with. */
const MOST_GRANTEES = 500

/** Who can open a folder, for whoever can. */
export async function listAccess(db: Db, caller: VaultCaller, folderId: string): Promise<AccessShown[]> {
  const folder = await requireRole(db, caller, folderId, 'view')
  const owner = await db.selectFrom('users').select(['id', 'email']).where('id', '=', folder.ownerId).executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('folder_access as a')
    .leftJoin('users as u', (join) => join.onRef('u.id', '=', 'a.grantee_id').on('a.grantee_kind', '=', 'user'))
    .leftJoin('teams as t', (join) => join.onRef('t.id', '=', 'a.grantee_id').on('a.grantee_kind', '=', 'team'))
    .select(['a.grantee_kind', 'a.grantee_id', 'a.role', 'u.email', 't.name'])
    .where('a.folder_id', '=', folderId)
    .where('a.grantee_kind', '!=', 'owner')
    .where('a.grantee_id', '!=', folder.ownerId)
    .orderBy('a.grantee_kind')
    .orderBy('a.grantee_id')
    .execute()
  const shown = new Map<string, AccessShown>()
  for (const { grantee_kind: kind, grantee_id: id, role, email, name } of rows) {
    const known = shown.get(id)
    shown.set(id, { kind, id, name: email ?? name ?? '', role: strongest([role, ...(known ? [known.role] : [])]) ?? role })
  }
  return [{ kind: 'owner', id: owner.id, name: owner.email, role: 'owner' }, ...shown.values()]
}

/**
 * Shares a folder, or changes the role of whom it is shared with.
 * @throws AppError `conflict` where folder or team has a newer key, or the team is not active; `not_found`, `forbidden`
 */
export async function shareFolder(
  trx: Trx,
  caller: VaultCaller,
  grant: CheckedGrant,
  role: FolderRole,
  at: Millis,
): Promise<{ revision: number }> {
  const { folderId, to } = grant
  if (to.kind === 'team') await lockTeamOfEpoch(trx, caller, to)
  else await requirePresent(trx, to.id)
  const folder = await lockFolder(trx, caller, folderId, 'manage')
  requireInUse(folder)
  requireEpoch(folder, grant.epoch)
  if (to.id === folder.ownerId) throw new AppError('invalid_value', 'The owner has every right in the folder already.')
  await requireRoom(trx, folderId, to.id)
  await trx
    .deleteFrom('folder_access')
    .where('folder_id', '=', folderId)
    .where('grantee_kind', '=', to.kind)
    .where('grantee_id', '=', to.id)
    .execute()
  await trx
    .insertInto('folder_access')
    .values({
      folder_id: folderId,
      grantee_kind: to.kind,
      grantee_id: to.id,
      grantee_epoch: to.epoch,
      folder_epoch: grant.epoch,
      role,
      key_grant: JSON.stringify(grant.signed),
      created_at: at,
    })
    .execute()
  await tell(trx, caller, folderId, 'folder.shared', at, { with: `${to.kind}:${to.id}`, role })
  return { revision: folder.revision }
}

/**
 * Takes a person or a team off a folder: at once by the server, and for good with the folder's next key. What they opened
 * is marked. @throws AppError `not_found` where the folder is not shared with them, `forbidden`
 */
export async function unshareFolder(
  trx: Trx,
  caller: VaultCaller,
  folderId: string,
  grantee: FolderGrantee,
  at: Millis,
): Promise<{ revision: number }> {
  const isSelf = grantee.kind === 'user' && grantee.id === caller.userId
  const folder = await lockFolder(trx, caller, folderId, isSelf ? 'view' : 'manage')
  const gone = grantee.id === folder.ownerId ? [] : await removeGrants(trx, folderId, grantee)
  if (gone.length === 0) throw new AppError('not_found', `The folder is not shared with the ${grantee.kind} ${grantee.id}.`)
  await trx.updateTable('folders').set({ rotation_due: 1 }).where('id', '=', folderId).execute()
  const people = await peopleOf(trx, grantee)
  await announceToPeople(trx, people, at)
  await markOpened(trx, { folderIds: [folderId] }, people, at)
  await tell(trx, caller, folderId, 'folder.unshared', at, { with: `${grantee.kind}:${grantee.id}` })
  return { revision: folder.revision }
}

function removeGrants(trx: Trx, folderId: string, { kind, id }: FolderGrantee) {
  return trx
    .deleteFrom('folder_access')
    .where('folder_id', '=', folderId)
    .where('grantee_kind', '=', kind)
    .where('grantee_id', '=', id)
    .returning('grantee_id')
    .execute()
}

async function peopleOf(trx: Trx, { kind, id }: FolderGrantee): Promise<string[]> {
  if (kind === 'user') return [id]
  const members = await trx.selectFrom('memberships').select('user_id').where('team_id', '=', id).execute()
  return members.map((row) => row.user_id)
}

/** Held against a rotation of the team, which would not see this share. @throws AppError `conflict` */
async function lockTeamOfEpoch(trx: Trx, { enterpriseId }: VaultCaller, { id, epoch }: { id: string; epoch: number }): Promise<void> {
  const team = await trx
    .updateTable('teams')
    .set((eb) => ({ key_epoch: eb.ref('key_epoch') }))
    .where('id', '=', id)
    .where('enterprise_id', '=', enterpriseId)
    .where('status', '=', 'active')
    .returning(['key_epoch'])
    .executeTakeFirst()
  if (team === undefined) throw new AppError('conflict', 'This team has no key yet, or was archived: a folder is shared with active teams.')
  if (team.key_epoch !== epoch) throw new AppError('conflict', 'The team has a newer key: sync, then share again.')
}

async function requirePresent(trx: Trx, userId: string): Promise<void> {
  const user = await trx.selectFrom('users').select('id').where('id', '=', userId).where('deleted_at', 'is', null).executeTakeFirst()
  if (user === undefined) throw new AppError('conflict', 'This person was deleted: the folder cannot be shared with them.')
}

async function requireRoom(trx: Trx, folderId: string, besides: string): Promise<void> {
  const others = await trx
    .selectFrom('folder_access')
    .select('grantee_id')
    .distinct()
    .where('folder_id', '=', folderId)
    .where('grantee_id', '!=', besides)
    .execute()
  if (others.length > MOST_GRANTEES) {
    throw new AppError('too_many', `A folder is shared with at most ${MOST_GRANTEES} people and teams: share it with a team instead.`)
  }
}
