import type { FolderId } from '@claviger/contract/ids.ts'
import { ApiError } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { type Contents, folderOf, type OpenFolder } from './contents.ts'
import { rotateOne } from './rotate.ts'
import { sync } from './sync.ts'

/** Times that something is written anew because the folder has another key. */
const ATTEMPTS = 4

/**
 * A folder under whose key something may be sealed. One whose key is from an automator that was removed, or from keys that
 * were replaced, gets another first, by this client's own hand: whoever has those keys could have made it for the server.
 * @throws ClientError `not_open`; `uncertified` where this client may not give it another
 */
export async function writableFolder(contents: Contents, folderId: FolderId): Promise<OpenFolder> {
  if (folderOf(contents, folderId).isVouched) return folderOf(contents, folderId)
  await rotateOne(contents.opener, folderId)
  await sync(contents)
  const folder = folderOf(contents, folderId)
  if (folder.isVouched) return folder
  throw new ClientError('uncertified', `The key of the folder ${folderId} is from somebody whom the log no longer vouches for.`)
}

/** Does it again on what the server has now, where it says that the folder or the record needs a newer key. */
export async function withNewestKey<T>(contents: Contents, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (refusal) {
      if (!(refusal instanceof ApiError && refusal.code === 'conflict') || attempt === ATTEMPTS) throw refusal
      await sync(contents)
    }
  }
}
