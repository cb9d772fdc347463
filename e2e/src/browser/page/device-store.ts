import type { Device, DeviceStore } from '@claviger/client/keys/device.ts'

const STORE = 'device'
const KEY = 'this'

/** IndexedDB stores CryptoKeys as they are (structured clone), those that cannot be exported too. */
export const deviceStore: DeviceStore = {
  async load(): Promise<Device | null> {
    const database = await open()
    const found: unknown = await finished(database.transaction(STORE).objectStore(STORE).get(KEY))
    database.close()
    return (found as Device | undefined) ?? null
  },

  async save(device: Device): Promise<void> {
    const database = await open()
    await finished(database.transaction(STORE, 'readwrite').objectStore(STORE).put(device, KEY))
    database.close()
  },
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('claviger', 1)
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE))
  return finished(request)
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}
