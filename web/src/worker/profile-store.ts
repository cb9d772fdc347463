import type { Profile, ProfileStore } from '@claviger/client/account/profile.ts'

const DATABASE = 'claviger'
const TABLE = 'profiles'
/** One account in one browser profile: who has two uses two. */
const KEY = 'profile'

/**
 * The profile of this browser, in IndexedDB: it keeps keys that cannot be exported as they are. Tabs may save beside each
 * other: what a device has seen only ever grows.
 */
export function browserProfileStore(): ProfileStore {
  return {
    load: async () => (await read()) ?? null,
    save: async (profile) => {
      const database = await opened()
      const change = database.transaction(TABLE, 'readwrite', { durability: 'strict' })
      const table = change.objectStore(TABLE)
      const before = table.get(KEY)
      before.onsuccess = () => table.put(merged(before.result, profile), KEY)
      await finished(change)
      database.close()
    },
  }
}

async function read(): Promise<Profile | undefined> {
  const database = await opened()
  const change = database.transaction(TABLE, 'readonly')
  const found = change.objectStore(TABLE).get(KEY)
  await finished(change)
  database.close()
  return found.result
}

/** What another tab saved meanwhile about the same account is not lost. */
function merged(before: Profile | undefined, next: Profile): Profile {
  if (before?.userId !== next.userId || before.enterprise !== next.enterprise) return next
  const seen = new Map(before.seen)
  for (const [name, version] of next.seen) seen.set(name, Math.max(version, seen.get(name) ?? 0))
  const pin = (before.pin?.length ?? 0) > (next.pin?.length ?? 0) ? before.pin : next.pin
  return { ...next, pin, seen, firstUse: new Map([...next.firstUse, ...before.firstUse]) }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE)
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function finished(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve()
    change.onerror = () => reject(change.error)
    change.onabort = () => reject(change.error)
  })
}
