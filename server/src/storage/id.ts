import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const BYTES = 16
/** Random bytes are asked of the system for so many ids at once: asking for each took a seventh of a request's time. */
const pool = Buffer.alloc(BYTES * 256)
let used = pool.length
let millis = 0
let sequence = 0

/** A new id: a UUIDv7 (RFC 9562 §5.7) in lower case. The ids of one process rise, within a millisecond too. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + BYTES)
  used += BYTES
  const now = Date.now()
  if (now > millis) {
    millis = now
    // A random start below 2^24, so that counting up never leaves the 32 bits within a millisecond.
    sequence = random.readUIntBE(0, 3)
  }
  return v7({ random, msecs: millis, seq: ++sequence })
}

/** An id as `newId` would have made it at `msecs`, of these 16 bytes. The same bytes and time give the same id. */
export function idOf(msecs: number, random: Buffer): string {
  return v7({ random, msecs, seq: 1 + random.readUIntBE(0, 3) })
}
