import type { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'
import type { Device } from '../keys/device.ts'
import type { Seen } from '../keys/seen.ts'
import type { LogPin } from '../log/log-pin.ts'

/** What a device keeps of one account. Everything in it but the session's token stays useful when the session ends. */
export interface Profile {
  readonly origin: string
  /** The address that was last signed in with. */
  readonly email: string
  readonly userId: UserId
  readonly enterprise: EnterpriseLogId
  /** The user's own public keys, so that no server can put others in their place. */
  readonly identity: PublicIdentity
  /** OPAQUE's server key at registration or first sign-in; null where the person never used a password. */
  readonly serverPublicKey: string | null
  readonly device: Device
  /** null: signed out. */
  readonly token: string | null
  readonly pin: LogPin | null
  readonly seen: Seen
  /** Keys of people whom nobody certified, as this device first took them for theirs (policy `everyone`). */
  readonly firstUse: ReadonlyMap<UserId, PublicIdentity>
}

/** Where a device keeps its profile: a folder of the command line, IndexedDB of a browser, memory in tests. */
export interface ProfileStore {
  load(): Promise<Profile | null>
  /** Durable and whole before it resolves: a crash leaves the old profile or the new one. */
  save(profile: Profile): Promise<void>
}

/** A profile in memory. */
export function memoryProfileStore(): ProfileStore {
  let kept: Profile | null = null
  return {
    load: async () => kept,
    save: async (profile) => {
      kept = profile
    },
  }
}
