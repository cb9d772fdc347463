import { ClientError } from '../errors.ts'

/** What has versions or epochs that only rise. */
export type SeenKind = 'record' | 'folder-key' | 'folder-name' | 'device-list' | 'user-root-password' | 'user-root-recovery-code'

/**
 * The newest version of each thing that this device has seen, kept with the device's keys. A server can give an old
 * version that is genuine in itself; nothing in it could tell, only the memory of a newer one.
 */
export type Seen = ReadonlyMap<string, number>

/** Refuses what is older than what was seen. @throws ClientError `rolled_back` */
export function requireNotOlder(seen: Seen, kind: SeenKind, id: string, version: number): void {
  const newest = seen.get(nameOf(kind, id)) ?? 0
  if (version >= newest) return
  throw new ClientError('rolled_back', `The ${kind} ${id} comes in version ${version}, after version ${newest} was seen.`)
}

/** Whether this is newer than what was seen. */
export function isNewer(seen: Seen, kind: SeenKind, id: string, version: number): boolean {
  return version > (seen.get(nameOf(kind, id)) ?? 0)
}

/** The memory with these versions in it; the one given stays as it is. @throws ClientError `rolled_back` */
export function remember(seen: Seen, kind: SeenKind, versions: Iterable<readonly [id: string, version: number]>): Seen {
  const after = new Map(seen)
  for (const [id, version] of versions) {
    requireNotOlder(after, kind, id, version)
    after.set(nameOf(kind, id), version)
  }
  return after
}

function nameOf(kind: SeenKind, id: string): string {
  return `${kind}:${id}`
}
