import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'

/** From where people are taken away: teams whose folders they could open, or folders that were shared with themselves. */
export type Left = { readonly teamIds: readonly string[] } | { readonly folderIds: readonly string[] }

/**
 * Marks the records that these people have opened in the folders they left: whoever writes such a record next gives it a
 * new key and, as the Web Vault reminds them, a new password. Called in the transaction that takes access away, before or
 * after it. What was marked is forgotten of them, so that it counts once. Whoever reaches the folder by another way too is
 * marked all the same: a needless change of a password harms less than a missing one. @returns how many records
 */
export async function markOpened(trx: Trx, left: Left, userIds: readonly string[], at: Millis): Promise<number> {
  if (userIds.length === 0) return 0
  const folderIds = 'folderIds' in left ? left.folderIds : await foldersOfTeams(trx, left.teamIds)
  if (folderIds.length === 0) return 0
  const { dialect } = lineOf(trx)
  const folders = JSON.stringify(folderIds)
  const users = JSON.stringify(userIds)
  // Held before the notes are read: who is just opening a record either has noted it by now, or is refused after this.
  for (const id of folderIds.toSorted()) {
    await trx
      .updateTable('folders')
      .set((eb) => ({ revision: eb.ref('revision') }))
      .where('id', '=', id)
      .execute()
  }
  const opened = await trx
    .selectFrom('record_opens as o')
    .innerJoin('records as r', 'r.id', 'o.record_id')
    .select(['r.id', 'r.folder_id'])
    .distinct()
    .where('o.user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, users)).select('ids.value'))
    .where('r.folder_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, folders)).select('ids.value'))
    .orderBy('r.folder_id')
    .execute()
  for (const [folderId, recordIds] of byFolder(opened)) await markIn(trx, folderId, recordIds, at)
  if (opened.length > 0) {
    const records = JSON.stringify(opened.map(({ id }) => id))
    await trx
      .deleteFrom('record_opens')
      .where('user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, users)).select('ids.value'))
      .where('record_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, records)).select('ids.value'))
      .execute()
  }
  return opened.length
}

/** The folder first, then its records: the order in which every writer of the vault takes rows. */
async function markIn(trx: Trx, folderId: string, recordIds: readonly string[], at: Millis): Promise<void> {
  const { revision, enterprise_id: enterpriseId } = await trx
    .updateTable('folders')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .where('id', '=', folderId)
    .returning(['revision', 'enterprise_id'])
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('records')
    .set({ change_due: 1, revision })
    .where('folder_id', '=', folderId)
    .where('id', 'in', (eb) => eb.selectFrom(idsOf(lineOf(trx).dialect, JSON.stringify(recordIds))).select('ids.value'))
    .execute()
  await announce(trx, { enterpriseId, kind: 'folder', subjectId: folderId, at })
}

async function foldersOfTeams(trx: Trx, teamIds: readonly string[]): Promise<string[]> {
  const rows = await trx
    .selectFrom('folder_access')
    .select('folder_id')
    .distinct()
    .where('grantee_kind', '=', 'team')
    .where('grantee_id', 'in', (eb) => eb.selectFrom(idsOf(lineOf(trx).dialect, JSON.stringify(teamIds))).select('ids.value'))
    .execute()
  return rows.map((row) => row.folder_id)
}

function byFolder(records: readonly { id: string; folder_id: string }[]): Map<string, string[]> {
  const folders = new Map<string, string[]>()
  for (const { id, folder_id: folderId } of records) folders.set(folderId, [...(folders.get(folderId) ?? []), id])
  return folders
}
