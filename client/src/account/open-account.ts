import type { LogState } from '@claviger/contract/log/state.ts'
import type { Connection } from '../api/call.ts'
import type { Identity } from '../keys/identity.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import type { Profile, ProfileStore } from './profile.ts'

/**
 * A signed-in person on a device that has the keys: the open Web Vault, or the command line while a command runs. The log
 * was verified against the device's pin. `profile`, `state` are replaced as the device learns more, and the profile is saved.
 */
export interface OpenAccount {
  readonly connection: Connection
  readonly store: ProfileStore
  profile: Profile
  readonly owner: RootOwner
  readonly root: UserRoot
  readonly identity: Identity
  state: LogState
}
