import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { peekHits, takeHit } from '../http/rate-limit.ts'
import type { Db, Millis } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'

const WINDOW: Millis = 15 * 60 * 1000
/** Each try at a password costs one, whether the address is anybody's or not. */
const SIGN_INS = { ofAddressFromHere: 20, ofAddress: 200, fromHere: 300 }
const LINKS_FROM_HERE = 300
/** Devices that ask to be let in: as many as its user would look through. */
const ADMISSIONS = { ofAddress: 6, fromHere: 30 }

/**
 * Counts a try at the password of an e-mail address. One who guesses is stopped after 20; that many machines together can
 * hold somebody up, the limit of 200 is high enough to be no mistake. @throws AppError `rate_limited`
 */
export async function limitSignIns(db: Db, request: FastifyRequest, email: string, at: Millis): Promise<void> {
  const [here, address] = [networkOf(request.ip), digestOf(email)]
  await limit(db, `sign-in:${here}:${address}`, SIGN_INS.ofAddressFromHere, at)
  await limit(db, `sign-in:${here}`, SIGN_INS.fromHere, at)
  await limit(db, `sign-in:${address}`, SIGN_INS.ofAddress, at)
}

/** Counts the use of a link that somebody was sent. @throws AppError `rate_limited` */
export async function limitLinks(db: Db, request: FastifyRequest, at: Millis): Promise<void> {
  await limit(db, `link:${networkOf(request.ip)}`, LINKS_FROM_HERE, at)
}

/** Counts a device that asks to be let in at an e-mail address, whoever's it is. @throws AppError `rate_limited` */
export async function limitAdmissions(db: Db, request: FastifyRequest, email: string, at: Millis): Promise<void> {
  await limit(db, `admission:${networkOf(request.ip)}`, ADMISSIONS.fromHere, at)
  await limit(db, `admission-of:${digestOf(email)}`, ADMISSIONS.ofAddress, at)
}

/** Where a request comes from: with IPv6 the first 64 bits, because whoever has one address has all of them. */
export function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip
  const [before = '', after] = ip.split('::')
  const [head, tail] = [before, after ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(0, 8 - (head?.length ?? 0) - (tail?.length ?? 0))).fill('0')
  return [...(head ?? []), ...zeros, ...(tail ?? [])].slice(0, 4).join(':')
}

/** Limits keep no addresses. */
function digestOf(email: string): string {
  return createHash('sha256').update(textKey(email)).digest('base64url')
}

/** Looks before it counts: who keeps asking costs a read. */
async function limit(db: Db, key: string, most: number, at: Millis): Promise<void> {
  const seen = await peekHits(db, key, most, at)
  const { allowed, retryAfter } = seen.allowed ? await takeHit(db, key, most, WINDOW, at) : seen
  if (allowed) return
  throw new AppError('rate_limited', `There were too many tries: wait ${Math.ceil(retryAfter / 60)} minutes before the next one.`, {
    retryAfter,
  })
}
