import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Db, Millis } from '../storage/database.ts'
import { loadSecret } from '../storage/secrets.ts'

const PREFIX = 'cd_'
const TIME_BYTES = 6
const RANDOM_BYTES = 18
const TAG_BYTES = 16

/**
 * A new secret of a request for admission. It says by itself, under a key of the installation, that it was given out and
 * until when: a request for an address that nobody has is kept nowhere, and yet is answered like any other.
 */
export async function newRequestSecret(db: Db, expiresAt: Millis): Promise<string> {
  const said = Buffer.alloc(TIME_BYTES + RANDOM_BYTES)
  said.writeUIntBE(expiresAt, 0, TIME_BYTES)
  randomBytes(RANDOM_BYTES).copy(said, TIME_BYTES)
  return PREFIX + Buffer.concat([said, tagOf(await keyOf(db), said)]).toString('base64url')
}

/** Until when a secret of ours is good; null for one that we did not give out. */
export async function expiryOfSecret(db: Db, secret: string): Promise<Millis | null> {
  const bytes = Buffer.from(secret.slice(PREFIX.length), 'base64url')
  // Another spelling of the same bytes has another hash, and so would be a request that nobody made.
  if (PREFIX + bytes.toString('base64url') !== secret) return null
  const [said, tag] = [bytes.subarray(0, TIME_BYTES + RANDOM_BYTES), bytes.subarray(TIME_BYTES + RANDOM_BYTES)]
  if (tag.length !== TAG_BYTES || !timingSafeEqual(tag, tagOf(await keyOf(db), said))) return null
  return said.readUIntBE(0, TIME_BYTES)
}

function tagOf(key: Buffer, said: Buffer): Buffer {
  return createHmac('sha256', key).update(said).digest().subarray(0, TAG_BYTES)
}

function keyOf(db: Db): Promise<Buffer> {
  return loadSecret(db, 'device-requests')
}
