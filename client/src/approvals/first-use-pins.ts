import type { UserId } from '@claviger/contract/ids.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'

/** Keys of people whom nobody certified, as this device first took them for theirs: the only ones that it takes from then on. */
export interface FirstUsePins {
  get(userId: UserId): PublicIdentity | null
  /** Durable before it resolves. */
  pin(userId: UserId, identity: PublicIdentity): Promise<void>
}

type Pins = ReadonlyMap<UserId, PublicIdentity>

/** Pins that are kept elsewhere, in `kept`. Those of one batch are kept together, by one call of `keep`. */
export function batchedPins(kept: () => Pins, keep: (pins: Pins) => Promise<void>): FirstUsePins {
  let waiting: Map<UserId, PublicIdentity> | null = null
  let saved: Promise<void> = Promise.resolve()
  return {
    get: (userId) => waiting?.get(userId) ?? kept().get(userId) ?? null,
    pin: (userId, identity) => {
      if (waiting === null) {
        const pins = new Map<UserId, PublicIdentity>()
        waiting = pins
        saved = Promise.resolve().then(() => {
          waiting = null
          return keep(pins)
        })
      }
      waiting.set(userId, identity)
      return saved
    },
  }
}
