import type { Millis, Trx } from '../storage/database.ts'
import { markOpened } from './mark-opened.ts'

/**
 * What follows for folders when a person is deleted: those that were shared with themselves wait for another key, and what
 * they opened there is marked. Their grants stay, and open nothing after the next key, until they come back. Folders of
 * their own stay theirs until they are transferred or purged. @returns how many folders wait
 */
export async function leaveFolders(trx: Trx, userId: string, at: Millis): Promise<number> {
  const rows = await trx
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', 'f.id', 'a.folder_id')
    .select('f.id')
    .distinct()
    .where('a.grantee_kind', '=', 'user')
    .where('a.grantee_id', '=', userId)
    .where('f.owner_id', '!=', userId)
    .orderBy('f.id')
    .execute()
  const folderIds = rows.map(({ id }) => id)
  for (const id of folderIds) await trx.updateTable('folders').set({ rotation_due: 1 }).where('id', '=', id).execute()
  await markOpened(trx, { folderIds }, [userId], at)
  return folderIds.length
}

/** A person who came back: the folders that were shared with them wait for a key that is given to them too. */
export async function rejoinFolders(trx: Trx, userId: string): Promise<void> {
  const theirs = trx.selectFrom('folder_access').select('folder_id').where('grantee_kind', '=', 'user').where('grantee_id', '=', userId)
  await trx.updateTable('folders').set({ rotation_due: 1 }).where('id', 'in', theirs).execute()
}
