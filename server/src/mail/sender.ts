import { setTimeout as sleep } from 'node:timers/promises'
import { invitationLink } from '../invitations/link.ts'
import type { Db, Millis } from '../storage/database.ts'
import { loadSecret } from '../storage/secrets.ts'
import { write } from '../storage/write.ts'
import { Bell } from './bell.ts'
import type { ClaimedMail } from './claimed-mail.ts'
import { type DeliveryFailure, deliveryFailure } from './delivery-failure.ts'
import { firstNameOf } from './first-name.ts'
import { invitationMessage } from './invitation-message.ts'
import type { MessageParts } from './message-parts.ts'
import { noticeMessage } from './notice-message.ts'
import { claimMail, markFailed, markSent, nextMailDueAt } from './outbox.ts'
import type { MailTransport } from './transport.ts'

/** What became of a mail that was taken from the outbox. */
export type MailResult = 'sent' | 'retried' | 'failed' | 'cancelled'

/** As pino has it. */
export interface MailLog {
  warn(detail: object, message: string): void
  error(detail: object, message: string): void
}

export interface MailSenderOptions {
  db: Db
  /** Undefined where no mail server is set: mail is held, and `users list` gives the links. */
  transport: MailTransport | undefined
  /** Where the links lead, as the browser sees it. */
  publicUrl: string
  /** An address, or a name and an address: `Claviger <vault@example.com>`. */
  from: string
  log?: MailLog
  /** For the metrics: called once for each mail that was taken, when it is known what became of it. */
  onResult?: (result: MailResult) => void
  /** The clock by which mail is due. */
  now?: () => Millis
  /** How often to look for mail that nobody has woken the sender for: retries, and what other processes queued. */
  pollMillis?: Millis
  /** How many mails are under way at once. */
  concurrency?: number
}

export interface MailSender {
  /** Mail was queued: look now. Cheap; any number of calls at once make one look. */
  wake(): void
  /** Takes no more mail, gives what is under way ten seconds, breaks off the rest (it will be sent again), lets go of the transport. */
  stop(): Promise<void>
}

const POLL: Millis = 2_000
const CONCURRENCY = 4
/** No send takes longer; well within the lease of outbox.ts, so that nobody else sends what is still under way. */
const SEND_LIMIT: Millis = 2 * 60_000
const STOP_GRACE: Millis = 10_000
const MARK_AGAIN: Millis = 1_000
/** How long nothing is sent after the mail server could not be reached: doubling from the first to the second. */
const FIRST_PAUSE: Millis = 5_000
const LONGEST_PAUSE: Millis = 60_000

/**
 * Sends what is due in the outbox until it is stopped, beside any number of other processes that do the same. Each mail
 * is sent at least once: after a crash it may go out twice, with the same Message-ID. Sending holds no transaction.
 */
export function startMailSender(options: MailSenderOptions): MailSender {
  const { transport } = options
  if (!transport) return { wake() {}, async stop() {} }
  const loop = new SendLoop(options, transport)
  const ended = loop.run()
  return {
    wake: () => loop.wake(),
    async stop() {
      loop.stop()
      const grace = setTimeout(() => loop.breakOff(), STOP_GRACE)
      await ended
      clearTimeout(grace)
      transport.close()
    },
  }
}

class SendLoop {
  readonly #options: MailSenderOptions
  readonly #transport: MailTransport
  readonly #now: () => Millis
  readonly #pollMillis: Millis
  readonly #bell = new Bell()
  readonly #underWay = new Set<Promise<void>>()
  readonly #broken = new AbortController()
  #stopping = false
  #key: Buffer | undefined
  /** Zero while the mail server answers; else how long the last pause was. Then one mail at a time tries the server. */
  #pause: Millis = 0
  #pausedUntil: Millis = 0

  constructor(options: MailSenderOptions, transport: MailTransport) {
    this.#options = options
    this.#transport = transport
    this.#now = options.now ?? Date.now
    this.#pollMillis = options.pollMillis ?? POLL
  }

  wake(): void {
    this.#bell.ring()
  }

  stop(): void {
    this.#stopping = true
    this.#bell.ring()
  }

  breakOff(): void {
    this.#broken.abort()
  }

  /** Ends after `stop`, once nothing is under way. */
  async run(): Promise<void> {
    while (!this.#stopping) {
      let wait = this.#pollMillis
      try {
        wait = await this.#takeWhatIsDue()
      } catch (error) {
        this.#options.log?.error({ err: error }, 'cannot read the outbox; trying again')
      }
      await this.#bell.wait(wait)
    }
    await Promise.all(this.#underWay)
  }

  /** Starts as many mails as there is room for, and says how long to wait before the next look. */
  async #takeWhatIsDue(): Promise<Millis> {
    const { db, onResult, concurrency = CONCURRENCY } = this.#options
    this.#key ??= await loadSecret(db, 'invitations')
    while (!this.#stopping) {
      const room = (this.#pause === 0 ? concurrency : 1) - this.#underWay.size
      const at = this.#now()
      if (room <= 0 || at < this.#pausedUntil) break
      const dueAt = await nextMailDueAt(db)
      if (dueAt === null) break
      if (dueAt > at) return Math.min(dueAt - at, this.#pollMillis)
      const { mails, cancelled, postponed } = await write(db, (trx) => claimMail(trx, room, at))
      for (let i = 0; i < cancelled; i++) onResult?.('cancelled')
      for (const mail of mails) this.#begin(mail, this.#key)
      if (mails.length + cancelled + postponed === 0) break // another process has them
    }
    return this.#pollMillis
  }

  #begin(mail: ClaimedMail, key: Buffer) {
    const delivery = this.#deliver(mail, key).finally(() => {
      this.#underWay.delete(delivery)
      this.#bell.ring()
    })
    this.#underWay.add(delivery)
  }

  async #deliver(mail: ClaimedMail, key: Buffer): Promise<void> {
    const { log, onResult } = this.#options
    const failure = await this.#send(mail, key)
    this.#learn(failure)
    if (failure) log?.warn({ mail: mail.id, attempts: mail.attempts, ...failure }, 'a mail did not go out')
    const result = await this.#mark(mail, failure)
    if (result) onResult?.(result)
  }

  /** Null once the mail server has taken the mail. */
  async #send(mail: ClaimedMail, key: Buffer): Promise<DeliveryFailure | null> {
    const { publicUrl, from } = this.#options
    try {
      const message = messageOf(mail, key, publicUrl)
      const messageId = `<${mail.id}@${new URL(publicUrl).hostname}>`
      const signal = AbortSignal.any([AbortSignal.timeout(SEND_LIMIT), this.#broken.signal])
      await this.#transport.send({ ...message, messageId, from, to: mail.email }, signal)
      return null
    } catch (error) {
      return deliveryFailure(error)
    }
  }

  /** A server that cannot be reached would fail every mail alike: it is tried with one, now and then, until it answers. */
  #learn(failure: DeliveryFailure | null) {
    if (failure?.kind !== 'unreachable') {
      this.#pause = 0
      this.#pausedUntil = 0
      return
    }
    const at = this.#now()
    if (at < this.#pausedUntil) return // one of several that failed together
    this.#pause = Math.min(Math.max(FIRST_PAUSE, this.#pause * 2), LONGEST_PAUSE)
    this.#pausedUntil = at + this.#pause
  }

  /** Keeps at it while the lease lasts: a database that is away for a moment must not make a mail go out twice. */
  async #mark(mail: ClaimedMail, failure: DeliveryFailure | null): Promise<MailResult | undefined> {
    const { db, log } = this.#options
    for (;;) {
      const at = this.#now()
      try {
        if (failure) return await write(db, (trx) => markFailed(trx, mail, failure, at))
        await write(db, (trx) => markSent(trx, mail, at))
        return 'sent'
      } catch (error) {
        log?.error({ err: error, mail: mail.id }, 'cannot note what became of a mail')
        if (this.#broken.signal.aborted || at >= mail.leaseEndsAt) return undefined
        await sleep(MARK_AGAIN)
      }
    }
  }
}

function messageOf(mail: ClaimedMail, key: Buffer, publicUrl: string): MessageParts {
  const firstName = firstNameOf(mail.resource)
  if (mail.about === 'notice') return noticeMessage({ ...mail, firstName })
  return invitationMessage({ ...mail, firstName, link: invitationLink(key, publicUrl, mail.invitationId) })
}
