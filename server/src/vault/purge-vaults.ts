import type { Millis, Trx } from '../storage/database.ts'
import { removeFolders, tell } from './folders.ts'
import { markOpened } from './mark-opened.ts'

/** Folders dealt with in one transaction. A folder can hold attachments of gigabytes, so few. */
const AT_ONCE = 10
const actor = 'server'

interface Folder {
  id: string
  enterprise_id: string
}

const strength = { manage: 0, edit: 1, view: 2 }

/**
 * Takes people who are purged out of the vaults, at most ten folders a call. A folder that somebody else can open lives on:
 * whoever has the strongest role in it owns it from then on, a person before a member of a team, the longest there first.
 * One that nobody else can open, or that is in the bin, goes. Where they had access to the folder of another, that ends, and its key is due.
 * @returns how many folders were dealt with; 0 when nothing of these people is left
 */
export async function purgeVaults(trx: Trx, userIds: readonly string[], at: Millis): Promise<number> {
  const owned = await trx
    .selectFrom('folders')
    .select(['id', 'enterprise_id', 'deleted_at'])
    .where('owner_id', 'in', userIds)
    .orderBy('id')
    .limit(AT_ONCE)
    .execute()
  for (const folder of owned) {
    const heir = folder.deleted_at === null ? await heirOf(trx, folder.id, userIds) : undefined
    if (heir === undefined) {
      await removeFolders(trx, [folder.id])
      await tell(trx, { enterpriseId: folder.enterprise_id, actor }, folder.id, 'folder.purged', at)
    } else await passOn(trx, folder, heir, userIds, at)
  }
  if (owned.length > 0) return owned.length
  return endGrants(trx, userIds, at)
}

/** Who is to own a folder whose owner is gone. Who is deleted and might come back only where nobody else is left. */
async function heirOf(trx: Trx, folderId: string, gone: readonly string[]): Promise<string | undefined> {
  const people = await newestAccess(trx, folderId)
    .innerJoin('users as u', 'u.id', 'a.grantee_id')
    .select(['u.id', 'u.deleted_at', 'a.role', 'a.created_at as since'])
    .where('a.grantee_kind', '=', 'user')
    .where('u.id', 'not in', gone)
    .execute()
  const members = await newestAccess(trx, folderId)
    .innerJoin('teams as t', 't.id', 'a.grantee_id')
    .innerJoin('memberships as m', 'm.team_id', 't.id')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.deleted_at', 'a.role', 'm.created_at as since'])
    .where('a.grantee_kind', '=', 'team')
    .where('t.archived_at', 'is', null)
    .where('m.state', '=', 'active')
    .where('u.id', 'not in', gone)
    .execute()
  const rank = (one: (typeof people)[number], way: number) => ({
    id: one.id,
    places: [one.deleted_at === null ? 0 : 1, strength[one.role], way, one.since],
  })
  const ranked = [...people.map((one) => rank(one, 0)), ...members.map((one) => rank(one, 1))]
  return ranked.toSorted(inOrder)[0]?.id
}

function newestAccess(trx: Trx, folderId: string) {
  return trx
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', (join) => join.onRef('f.id', '=', 'a.folder_id').onRef('f.key_epoch', '=', 'a.folder_epoch'))
    .where('a.folder_id', '=', folderId)
}

interface Ranked {
  id: string
  places: number[]
}

function inOrder(a: Ranked, b: Ranked): number {
  const difference = a.places.map((place, at) => place - (b.places[at] ?? 0)).find((step) => step !== 0)
  return difference ?? (a.id < b.id ? -1 : 1)
}

/** The heir's own way to the key stays what it was, a grant or a team; the folder's next key brings one for the owner. */
async function passOn(trx: Trx, folder: Folder, heir: string, gone: readonly string[], at: Millis): Promise<void> {
  await trx
    .updateTable('folders')
    .set((eb) => ({ owner_id: heir, rotation_due: 1, revision: eb('revision', '+', 1) }))
    .where('id', '=', folder.id)
    .execute()
  await trx
    .deleteFrom('folder_access')
    .where('folder_id', '=', folder.id)
    .where((eb) => eb.or([eb('grantee_kind', '=', 'owner'), eb.and([eb('grantee_kind', '=', 'user'), eb('grantee_id', 'in', gone)])]))
    .execute()
  await markOpened(trx, { folderIds: [folder.id] }, gone, at)
  await tell(trx, { enterpriseId: folder.enterprise_id, actor }, folder.id, 'folder.inherited', at, { to: heir })
}

async function endGrants(trx: Trx, userIds: readonly string[], at: Millis): Promise<number> {
  const folders = await trx
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', 'f.id', 'a.folder_id')
    .select(['f.id', 'f.enterprise_id'])
    .distinct()
    .where('a.grantee_kind', '=', 'user')
    .where('a.grantee_id', 'in', userIds)
    .orderBy('f.id')
    .limit(AT_ONCE)
    .execute()
  for (const folder of folders) {
    await trx
      .updateTable('folders')
      .set((eb) => ({ rotation_due: 1, revision: eb('revision', '+', 1) }))
      .where('id', '=', folder.id)
      .execute()
    await trx
      .deleteFrom('folder_access')
      .where('folder_id', '=', folder.id)
      .where('grantee_kind', '=', 'user')
      .where('grantee_id', 'in', userIds)
      .execute()
    await markOpened(trx, { folderIds: [folder.id] }, userIds, at)
    await tell(trx, { enterpriseId: folder.enterprise_id, actor }, folder.id, 'folder.unshared', at, { with: 'purged users' })
  }
  return folders.length
}
