import type { OpenAccount } from '../account/open-account.ts'
import { isNewer, remember } from '../keys/seen.ts'
import type { OpenFolder, OpenRecord } from './contents.ts'

/**
 * Keeps on the device how new these folders and records are, which it opened or wrote itself, so that no server can ever
 * give it an older state of them. What is known as newer already stays so: two who sync at once end in any order.
 */
export async function rememberSeen(account: OpenAccount, folders: Iterable<OpenFolder>, records: Iterable<OpenRecord>): Promise<void> {
  const { seen } = account.profile
  const all = [...folders]
  let after = seen
  const versions = [
    ['folder-key', all.map(({ folderId, key }) => [folderId, key.epoch] as const)],
    ['folder-name', all.map(({ folderId, sealedName }) => [folderId, sealedName.version] as const)],
    ['record', [...records].map(({ recordId, version }) => [recordId, version] as const)],
  ] as const
  for (const [kind, pairs] of versions) {
    after = remember(
      after,
      kind,
      pairs.filter(([id, version]) => isNewer(after, kind, id, version)),
    )
  }
  if (after.size === seen.size && [...after].every(([name, version]) => seen.get(name) === version)) return
  account.profile = { ...account.profile, seen: after }
  await account.store.save(account.profile)
}
