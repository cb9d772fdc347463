import { createTransport } from 'nodemailer'
import { AppError } from '../errors.ts'

/** A mail in the form in which it goes out. */
export interface OutgoingMail {
  /** The same at every attempt, so that a mail which arrives twice can be recognised. */
  messageId: string
  /** An address, or a name and an address: `Claviger <vault@example.com>`. */
  from: string
  /** One address. */
  to: string
  subject: string
  text: string
  html: string
}

/** The way to a mail server. */
export interface MailTransport {
  /** Resolves once the server has taken the mail; whatever it throws, `deliveryFailure` reads. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>
  /** Lets go of the connections; mail under way fails. */
  close(): void
}

/** More at once is refused by many servers. */
const CONNECTIONS = 4
const SECONDS = 1000
const timeLimits = {
  dnsTimeout: 10 * SECONDS,
  connectionTimeout: 15 * SECONDS,
  greetingTimeout: 15 * SECONDS,
  socketTimeout: 60 * SECONDS,
  socketCloseTimeout: 2 * SECONDS,
  idleTimeout: 30 * SECONDS,
}

/**
 * Mail through the server at `smtp://[user:password@]host[:port]` or `smtps://…`; no connection is made yet. The link in
 * a mail opens an account, so `smtp:` insists on STARTTLS, and the certificate is always checked (an authority of your
 * own: NODE_EXTRA_CA_CERTS). Plain text goes only to this machine itself, or where the URL ends in `?tls=none`.
 * @throws AppError `invalid_value` for any other URL; its message holds no password
 */
export function openMailTransport(smtpUrl: string): MailTransport {
  const mailer = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    // The outbox tries again; a second memory of what is to be sent would only make doubles.
    maxRequeues: 0,
    ...connectionTo(smtpUrl),
  })
  mailer.on('error', () => {}) // a connection that breaks while idle is replaced at the next use
  return {
    async send({ to, ...mail }, signal) {
      await mailer.sendMail({
        ...mail,
        to: { name: '', address: to },
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        signal,
      })
    },
    close: () => mailer.close({ force: true }),
  }
}

/**
 * Connects to the mail server as `openMailTransport` would, signs in, and sends nothing.
 * @throws AppError `invalid_value` for a wrong URL; otherwise what `deliveryFailure` reads
 */
export async function verifyMailServer(smtpUrl: string): Promise<void> {
  const mailer = createTransport(connectionTo(smtpUrl))
  try {
    await mailer.verify()
  } finally {
    mailer.close()
  }
}

function connectionTo(smtpUrl: string) {
  const { host, port, secure, plain, auth } = readSmtpUrl(smtpUrl)
  return {
    host,
    ...(port !== undefined && { port }),
    secure,
    requireTLS: !secure && !plain,
    ignoreTLS: plain,
    ...(auth && { auth }),
    ...timeLimits,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function readSmtpUrl(smtpUrl: string) {
  const url = URL.canParse(smtpUrl) ? new URL(smtpUrl) : undefined
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new AppError('invalid_value', 'the URL of the mail server must read smtp://host:port or smtps://host:port')
  }
  const tls = url.searchParams.get('tls')
  const unknown = [...url.searchParams.keys()].find((key) => key !== 'tls')
  if (unknown !== undefined || (tls !== null && tls !== 'none')) {
    throw new AppError('invalid_value', `the URL of the mail server may end in ?tls=none and in nothing else, not ${url.search}`)
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const secure = url.protocol === 'smtps:'
  return {
    host,
    port: url.port === '' ? undefined : Number(url.port),
    secure,
    plain: !secure && (tls === 'none' || isThisMachine(host)),
    auth: url.username === '' ? undefined : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
  }
}

function isThisMachine(host: string) {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
