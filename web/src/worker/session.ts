import { openAccount } from '@claviger/client/account/open.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { browserProfileStore } from './profile-store.ts'

export const store = browserProfileStore()
export const { origin } = self.location

let open: Promise<OpenAccount> | null = null

/** The account that is signed in here, opened once. @throws ClientError `signed_out`, `unreachable` */
export function opened(): Promise<OpenAccount> {
  if (open === null) {
    const opening = openAccount(store)
    // Who could not be opened, as with the server away, is tried anew the next time.
    opening.catch(() => {
      if (open === opening) open = null
    })
    open = opening
  }
  return open
}

/** Somebody signed in, or (null) out. */
export function setOpened(account: OpenAccount | null): void {
  open = account === null ? null : Promise.resolve(account)
}

/**
 * Whether a newer session took the place of this one in this browser, as when somebody proved again who they are, here or in
 * another tab. That one is opened from then on.
 */
export async function isReplaced(token: string | null): Promise<boolean> {
  const known = await store.load()
  if (known === null || known.token === null || known.token === token) return false
  const current = await open?.catch(() => null)
  if (current?.connection.token === token) open = null
  return true
}
