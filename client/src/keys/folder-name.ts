import type { Binding } from '@claviger/contract/associated-data.ts'
import { readUtf8, utf8 } from '@claviger/contract/bytes.ts'
import type { SealedFolderName } from '@claviger/contract/folder-name.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { openAes, sealAes } from './aes.ts'
import type { FolderKey } from './folder-key.ts'

/** A folder's name under its key. `version` is 1 with the folder, one more with each other name. */
export async function sealFolderName(name: string, version: number, key: FolderKey): Promise<SealedFolderName> {
  const { folderId, epoch } = key
  return { suite: SUITE, folderId, epoch, version, sealed: await sealAes(key.aes, utf8(name), bindingOf(key, version)) }
}

/**
 * The name, if this key sealed it as this version of this folder's. Whether the version is the newest, only what was seen
 * before tells (seen.ts). @throws ClientError `cannot_open`
 */
export async function openFolderName(name: SealedFolderName, key: FolderKey): Promise<string> {
  return readUtf8(await openAes(key.aes, name.sealed, bindingOf(key, name.version)))
}

function bindingOf({ enterprise, folderId, epoch }: FolderKey, version: number): Binding {
  return {
    label: 'folder-name',
    enterprise,
    object: { type: 'folder', id: folderId },
    owner: { type: 'folder', id: folderId },
    wrappingKey: { id: folderId, epoch },
    part: 'meta',
    version,
    beside: {},
  }
}
