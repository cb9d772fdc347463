import { z } from 'zod'
import type { Millis } from '../storage/database.ts'

/**
 * Why a mail did not go out. `refused`: the mail server will not take it for this recipient, ever. `deferred`: it will
 * not take it now. `unreachable`: the server, not the mail, is at fault; every other mail would fare the same.
 */
export interface DeliveryFailure {
  kind: 'refused' | 'deferred' | 'unreachable'
  /** One line for the administrator: the server's own words where it said any. */
  message: string
}

/** So many times is a mail offered before it is given up: about three days. */
export const MAX_ATTEMPTS = 20
const MINUTE = 60_000
const LONGEST: Millis = 6 * 60 * MINUTE
const MESSAGE_LENGTH = 500

/** What nodemailer says of an error; `command` is the SMTP command that the reply answers. */
const SmtpError = z.object({
  message: z.string(),
  code: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
})

/** RFC 5321 §4.5.3.1.10: some servers say 552, "mailbox full", where 452 is meant. */
const MAILBOX_FULL = 552
const CLOSING = 421
/** Refused before a word was sent: an address that no SMTP command can carry, or a message the server is too small for. */
const UNSENDABLE = new Set(['EENVELOPE', 'EMESSAGE'])

/** Tells what kind of failure a transport's error is. What is not an SMTP matter is a fault of ours: `deferred`. */
export function deliveryFailure(error: unknown): DeliveryFailure {
  const read = SmtpError.safeParse(error)
  if (!read.success) return { kind: 'deferred', message: 'the mail could not be made' }
  const { code, responseCode, command, message } = read.data
  return { kind: kindOf(code, responseCode, command), message: oneLine(message) }
}

function kindOf(code: string | undefined, responseCode: number | undefined, command: string | undefined): DeliveryFailure['kind'] {
  if (code === undefined) return 'deferred'
  const aboutTheMail = command === 'RCPT TO' || command === 'DATA'
  if (responseCode === undefined) return UNSENDABLE.has(code) ? 'refused' : 'unreachable'
  if (responseCode === CLOSING || !aboutTheMail) return 'unreachable'
  return responseCode >= 500 && responseCode !== MAILBOX_FULL ? 'refused' : 'deferred'
}

/**
 * How long to wait, in milliseconds, after the mail was offered `attempts` times: one to two minutes at first, doubling,
 * at most six hours. Up to half of it is chance, so that mails that failed together do not come back together.
 * @param chance from 0 to 1
 */
export function backoff(attempts: number, chance: number): Millis {
  const longest = Math.min(LONGEST, MINUTE * 2 ** Math.min(attempts, MAX_ATTEMPTS))
  return Math.round(longest / 2 + (longest / 2) * chance)
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MESSAGE_LENGTH)
}
