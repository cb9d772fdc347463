import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** A mail as it arrived. */
export interface ArrivedMail {
  from: string
  to: string[]
  /** By name in lower case, unfolded, with encoded words decoded. */
  headers: Map<string, string>
  text: string
  html: string
}

/** What the server says to a command: nothing is consent. */
export interface Refusals {
  /** To RCPT TO. */
  recipient?: (address: string) => { code: number; text: string } | undefined
  /** To the message itself. */
  message?: () => { code: number; text: string } | undefined
  /** Before the message is taken. */
  before?: () => Promise<void>
}

/** A real SMTP server on this machine, gone when the test is over. Port 0 takes any. */
export async function startMailServer(refusals: Refusals = {}, options: SMTPServerOptions = {}, port = 0) {
  const arrived: ArrivedMail[] = []
  const offered: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    logger: false, // no warning about its certificate, which the tests want to be a bad one
    ...options,
    onRcptTo({ address }, _session, done) {
      offered.push(address)
      done(refusal(refusals.recipient?.(address)))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        await refusals.before?.()
        const refused = refusal(refusals.message?.())
        if (!refused) {
          const { mailFrom, rcptTo } = session.envelope
          arrived.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            ...readMail(Buffer.concat(chunks).toString('latin1')),
          })
        }
        done(refused)
      })
    },
  })
  server.on('error', () => {}) // a client that breaks off
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  if (!address || typeof address === 'string') throw new Error('the mail server has no port')
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  onTestFinished(close)
  return { arrived, offered, port: address.port, url: `smtp://127.0.0.1:${address.port}`, close }
}

function refusal(said: { code: number; text: string } | undefined) {
  return said ? Object.assign(new Error(said.text), { responseCode: said.code }) : null
}

function readMail(source: string): Pick<ArrivedMail, 'headers' | 'text' | 'html'> {
  const { headers, body } = readPart(source)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1]
  if (boundary === undefined) throw new Error('the mail has one part only')
  const parts = body.split(`--${boundary}`).slice(1, -1).map(readPart)
  const find = (type: string) => {
    const part = parts.find((one) => one.headers.get('content-type')?.startsWith(type))
    if (!part) throw new Error(`the mail has no part ${type}`)
    return decodeBody(part)
  }
  return { headers, text: find('text/plain'), html: find('text/html') }
}

function readPart(source: string) {
  const trimmed = source.replace(/^\r\n/, '')
  const end = trimmed.indexOf('\r\n\r\n')
  const lines = trimmed
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decodeWords(line.slice(line.indexOf(':') + 1).trim())]),
  )
  return { headers, body: trimmed.slice(end + 4) }
}

function decodeBody({ headers, body }: ReturnType<typeof readPart>) {
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? unquoted(body.replace(/=\r\n/g, '')) : body
}

/** RFC 2047. */
function decodeWords(value: string) {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('utf8') : unquoted(word.replace(/_/g, ' ')),
    )
}

function unquoted(text: string) {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
