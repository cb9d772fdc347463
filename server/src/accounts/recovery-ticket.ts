import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Db, Millis } from '../storage/database.ts'
import { loadSecret } from '../storage/secrets.ts'

/** How long a recovery may take from its first step to its last. */
export const RECOVERY_MILLIS: Millis = 10 * 60 * 1000

/** What was proven in the first steps of a recovery. The hash is of the code: it dies with the code, so a ticket ends one recovery. */
const Ticket = z.strictObject({ userId: z.string(), recoveryHash: z.string(), expiresAt: z.number() })
export type Ticket = z.infer<typeof Ticket>

/** Writes a ticket that this installation knows again, so that nothing has to be kept of a recovery that nobody ends. */
export async function writeTicket(db: Db, ticket: Ticket): Promise<string> {
  const content = Buffer.from(JSON.stringify(ticket)).toString('base64url')
  return `${content}.${mac(await recoverySecret(db), 'ticket', content).toString('base64url')}`
}

/** What a ticket says. @throws AppError `unauthenticated` where it is not of this installation, or over */
export async function readTicket(db: Db, text: string, at: Millis): Promise<Ticket> {
  const [content = '', seal = ''] = text.split('.')
  const expected = mac(await recoverySecret(db), 'ticket', content)
  const given = Buffer.from(seal, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw over()
  const ticket = Ticket.parse(JSON.parse(Buffer.from(content, 'base64url').toString()))
  if (ticket.expiresAt <= at) throw over()
  return ticket
}

/**
 * The id of the row in which a recovery keeps its second step. The client has only `signInId`, from which it cannot be
 * found: shown to the sign-in's own second step, which gives a session, it opens nothing.
 */
export async function stepIdOf(db: Db, signInId: string): Promise<string> {
  return mac(await recoverySecret(db), 'second step', signInId).toString('base64url')
}

function recoverySecret(db: Db): Promise<Buffer> {
  return loadSecret(db, 'recovery')
}

function mac(key: Buffer, use: 'ticket' | 'second step', text: string): Buffer {
  return createHmac('sha256', key).update(`${use}\n${text}`).digest()
}

function over(): AppError {
  return new AppError('unauthenticated', 'This recovery has taken too long, or is over: start again with the recovery code.')
}
