import type { AutomatorId, EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'
import type { EncryptionKeyPair, SigningKeyPair } from '../keys/key-pair.ts'
import type { LogPin } from '../log/log-pin.ts'

/** What an automator keeps. Whoever has it is the automator: its keys open every team key, and its token every door that it has. */
export interface AutomatorProfile {
  readonly origin: string
  readonly automatorId: AutomatorId
  readonly name: string
  readonly enterprise: EnterpriseLogId
  /** The public keys, as the log has them. */
  readonly identity: PublicIdentity
  readonly signing: SigningKeyPair
  readonly encryption: EncryptionKeyPair
  readonly token: string
  /** The log as it was last seen: it must continue this one. */
  readonly pin: LogPin
  /** Keys of people whom nobody certified, as this automator first took them for theirs (policy `everyone`). */
  readonly firstUse: ReadonlyMap<UserId, PublicIdentity>
  /** It certifies only people whose address is in one of these domains, in lower case; empty: whoever registers in its nodes. */
  readonly domains: readonly string[]
}

/** Where an automator keeps its profile. */
export interface AutomatorStore {
  load(): Promise<AutomatorProfile | null>
  /**
   * Durable and whole before it resolves. What another process of the same automator saved meanwhile is not lost: the
   * longer pin stays, and the keys that were first taken for somebody's. @returns what is kept
   */
  save(profile: AutomatorProfile): Promise<AutomatorProfile>
}

/** A profile in memory. */
export function memoryAutomatorStore(): AutomatorStore {
  let kept: AutomatorProfile | null = null
  return {
    load: async () => kept,
    save: async (profile) => {
      kept = profile
      return profile
    },
  }
}
