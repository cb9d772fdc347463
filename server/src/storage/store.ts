import type { Db, Trx } from './database.ts'

/** An open store. `write` is the only way to a transaction. */
export interface Store {
  readonly db: Db
  /** The same for reads that may take long; see aside.ts. */
  readonly aside: Db
  write<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  /** Waits for the writes under way, then lets go of the file or the connections. */
  close(): Promise<void>
}

const stores = new WeakMap<Db, Store>()

export function bindStore(store: Store) {
  stores.set(store.db, store)
}

export function storeOf(db: Db): Store {
  const store = stores.get(db)
  if (!store) throw new Error('this database was not opened by openDatabase')
  return store
}
