import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from '../config.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** E-mail addresses, and the user and password of a URL. */
const ADDRESS = /[^\s"'`<>()=,;:/]+(?::[^\s"'`<>()@/]+)?@[^\s"'`<>(),;:/?]+/g
const BEARER = /\b(bearer|basic)\s+[^\s"',]+/gi
/** What has the length of a secret and is no UUID: tokens, hashes, keys. */
const LONG_WORD = /[\w+-]{32,}={0,2}/g
/** A name out of code or tables, which a random word of that length is not. */
const IDENTIFIER = /^[a-z_]+$/
/**
 * The server's log: a JSON object a line. Bodies, headers and queries never reach it, and what an error says is freed
 * of addresses and secrets, for a log is read by more people than the store. To stdout unless a stream is given.
 */
export function createLogger(level: LogLevel, stream?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError, error: describeError, req: describeRequest, res: describeReply },
    // The serializers let nothing of this through; this is for the line that someone adds in a hurry.
    redact: { paths: secretPaths(), censor: '[redacted]' },
  }
  return stream ? pino(options, stream) : pino(options)
}

/**
 * One line for a request that was refused or failed. One that succeeded is worth a line only to who looks for something
 * (level `debug`): a directory's requests stand in the provisioning log, and all of them in the metrics.
 */
export function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const level = reply.statusCode < 400 ? 'debug' : 'info'
  if (!isEnabled(request.log, level)) return
  request.log[level]({ ...describeRequest(request), status: reply.statusCode, millis: Math.round(reply.elapsedTime * 10) / 10 }, 'answered')
}

/** Asked before a line is put together: pino itself asks after it. */
function isEnabled(log: FastifyBaseLogger, level: 'debug' | 'info') {
  return (pino.levels.values[log.level] ?? Number.POSITIVE_INFINITY) <= (pino.levels.values[level] ?? 0)
}

/** Text without e-mail addresses, URL passwords, bearer secrets and other long random words. UUIDs stay. */
export function withoutSecrets(text: string): string {
  return text
    .replace(BEARER, '$1 [redacted]')
    .replace(ADDRESS, '[address]')
    .replace(LONG_WORD, (word) => (UUID.test(word) || IDENTIFIER.test(word) ? word : '[redacted]'))
}

/**
 * The route with the ids that were asked for. The rest of the address stays out: queries hold e-mail addresses
 * (`filter=userName eq …`), paths of links hold secrets.
 */
function describeRequest(request: FastifyRequest) {
  const params = typeof request.params === 'object' && request.params !== null ? Object.entries(request.params) : []
  const ids = new Map(params.filter(([, value]) => typeof value === 'string' && UUID.test(value)))
  const path = (request.routeOptions.url ?? '(no such address)').replace(/:(\w+)/g, (name, key) => String(ids.get(key) ?? name))
  return { method: request.method, path, from: request.ip }
}

function describeReply(reply: { statusCode: number }) {
  return { status: reply.statusCode }
}

interface ErrorWords {
  type: string
  message: string
  code: unknown
  stack: string | undefined
  cause: ErrorWords | undefined
}

/** Only these fields: drivers add the rows and values of a failed statement to their errors. */
function describeError(error: unknown): ErrorWords | { message: string } {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) }
  return wordsOf(error)
}

function wordsOf(error: Error): ErrorWords {
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    code: 'code' in error ? error.code : undefined,
    stack: error.stack === undefined ? undefined : withoutSecretsInStack(error.stack),
    cause: error.cause instanceof Error ? wordsOf(error.cause) : undefined,
  }
}

/** A stack is the message, then frames: file names keep their long words. */
function withoutSecretsInStack(stack: string) {
  const frames = stack.search(/\n\s+at /)
  return frames < 0 ? withoutSecrets(stack) : withoutSecrets(stack.slice(0, frames)) + stack.slice(frames)
}

function secretPaths() {
  const names = ['authorization', 'cookie', '["set-cookie"]', 'password', 'token', 'secret', 'body', 'email', 'recipient']
  const dotted = (prefix: string, name: string) => (name.startsWith('[') ? `${prefix}${name}` : `${prefix}.${name}`)
  return names.flatMap((name) => [name, dotted('*', name), dotted('*.headers', name), dotted('headers', name)])
}
