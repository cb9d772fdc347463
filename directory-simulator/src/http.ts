import http from 'node:http'
import https from 'node:https'
import { performance } from 'node:perf_hooks'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { unreachable } from './failure.ts'

/** Where a directory's requests go, and how. */
export interface Connection {
  /** The base URL that the administrator pastes, such as `https://vault.example.com/scim/v2/…`. A query in it is not sent. */
  baseUrl: string
  token: string
  /** Send the token without `Bearer`, as Okta's header mode can. */
  bareToken?: boolean
  /** False keeps no exchange but the last one that failed: for loads of many thousands of requests. */
  record?: boolean
  /** False gives up where the directory would wait and try again. */
  waits?: boolean
  clock?: Clock
  /** Default 60,000, as Okta's. */
  timeLimitMs?: number
  /** Most connections open at once. Default 64. */
  maxConnections?: number
  /** Told before each wait, in words for a person. */
  onWait?: (words: string) => void
}

/** Time, so that tests need not wait five minutes. */
export interface Clock {
  now(): number
  sleep(ms: number): Promise<void>
}

/** One request and its answer. Bodies are as they went over the wire; the token is in neither. */
export interface Exchange {
  method: string
  path: string
  status: number | null
  ms: number
  requestBody: string | null
  responseBody: string | null
  /** What went wrong where there was no answer. */
  problem: string | null
}

export interface Answer {
  status: number
  text: string
  contentType: string
  location: string | null
  retryAfter: string | null
}

/** How one directory speaks: its headers, and when it tries again. */
export interface WireProfile {
  directory: string
  headers: Readonly<Record<string, string>>
  contentType: string
  /** Milliseconds to wait before the next try, or null to give up. `attempt` counts from 1. */
  retry(failed: { status: number; retryAfter: string | null; attempt: number }): number | null
}

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/** A whole number of seconds in `Retry-After`, or null: a date is not honoured. */
export function wholeSeconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) : null
}

/** A connection of one directory to one server, with kept-alive sockets. */
export class Line {
  /** Requests sent so far, tries included. */
  requests = 0
  readonly connection: Connection
  readonly profile: WireProfile
  readonly #base: URL | null
  readonly #prefix: string
  readonly #agent: http.Agent
  readonly #headers: Record<string, string>

  constructor(connection: Connection, profile: WireProfile) {
    this.connection = connection
    this.profile = profile
    const base = URL.parse(connection.baseUrl)
    this.#base = base !== null && /^https?:$/.test(base.protocol) ? base : null
    this.#prefix = this.#base?.pathname.replace(/\/+$/, '') ?? ''
    const limits = { keepAlive: true, maxSockets: connection.maxConnections ?? 64 }
    this.#agent = this.#base?.protocol === 'https:' ? new https.Agent(limits) : new http.Agent(limits)
    this.#headers = { ...profile.headers, Authorization: connection.bareToken ? connection.token : `Bearer ${connection.token}` }
  }

  /** The part of the conversation that belongs to one operation. */
  talk(): Talk {
    return new Talk(this)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** A server's words without the token: some echo request headers into an error. What is too short to be a secret stays. */
  withoutToken(text: string): string {
    const { token } = this.connection
    return token.length >= 8 && text.includes(token) ? text.replaceAll(token, '(token)') : text
  }

  /** Sends one request once. `path` follows the base URL and goes out exactly as given. */
  async once(method: string, path: string, body: string | null): Promise<Answer> {
    if (this.#base === null) throw unreachable(this.connection.baseUrl, 'BAD_ADDRESS', '')
    for (;;) {
      try {
        this.requests += 1
        return await this.#roundTrip(this.#base, method, `${this.#prefix}/${path}`, body)
      } catch (error) {
        const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
        // The server closed a kept-alive socket in the moment it was taken up again: nothing was read, so nothing was done.
        if (error instanceof StaleSocket) continue
        throw unreachable(this.#base.origin, code, error instanceof Error ? error.message : String(error))
      }
    }
  }

  #roundTrip(base: URL, method: string, path: string, body: string | null): Promise<Answer> {
    const headers: Record<string, string> = { ...this.#headers }
    if (body !== null) {
      headers['Content-Type'] = this.profile.contentType
      headers['Content-Length'] = String(Buffer.byteLength(body))
    }
    return new Promise((resolve, reject) => {
      const send = base.protocol === 'https:' ? https.request : http.request
      const host = base.hostname.replace(/^\[|\]$/g, '')
      let late = false
      const fail = (error: Error) => {
        clearTimeout(limit)
        reject(late ? new TimeLimit() : error)
      }
      const request = send({ host, port: base.port, path, method, headers, agent: this.#agent }, (response) => {
        readAnswer(response).then((answer) => {
          clearTimeout(limit)
          resolve(answer)
        }, fail)
      })
      const limit = setTimeout(() => {
        late = true
        request.destroy(new TimeLimit())
      }, this.connection.timeLimitMs ?? 60_000)
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        fail(stale ? new StaleSocket() : error)
      })
      request.end(body ?? undefined)
    })
  }
}

class TimeLimit extends Error {
  readonly code = 'TIME_LIMIT'
}

class StaleSocket extends Error {}

async function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const header = (name: string) => {
    const value = response.headers[name]
    return typeof value === 'string' ? value : null
  }
  return {
    status: response.statusCode ?? 0,
    text: decoded(Buffer.concat(chunks), header('content-encoding')).toString('utf8'),
    contentType: header('content-type') ?? '',
    location: header('location'),
    retryAfter: header('retry-after'),
  }
}

function decoded(body: Buffer, encoding: string | null): Buffer {
  if (body.length === 0) return body
  if (encoding === 'gzip') return gunzipSync(body)
  if (encoding === 'deflate') return inflateSync(body)
  if (encoding === 'br') return brotliDecompressSync(body)
  return body
}

/** What one operation sends and hears, tries included. */
export class Talk {
  readonly exchanges: Exchange[] = []
  readonly #line: Line

  constructor(line: Line) {
    this.#line = line
  }

  /** Sends a request, and again where and when the directory would. Answers whatever the status; throws only without an answer. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const { connection, profile } = this.#line
    const clock = connection.clock ?? SYSTEM_CLOCK
    const text = body === undefined ? null : JSON.stringify(body)
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#recorded(clock, method, path, text)
      if (answer.status < 400 || connection.waits === false) return answer
      const wait = profile.retry({ status: answer.status, retryAfter: answer.retryAfter, attempt })
      if (wait === null) return answer
      connection.onWait?.(
        `The server answered ${answer.status}: ${profile.directory} waits ${wait / 1000} s and tries again (try ${attempt + 1}).`,
      )
      await clock.sleep(wait)
    }
  }

  async #recorded(clock: Clock, method: string, path: string, body: string | null): Promise<Answer> {
    const began = clock.now()
    const keep = (status: number | null, responseBody: string | null, problem: string | null) => {
      const failed = status === null || status >= 400
      if (this.#line.connection.record === false) {
        if (!failed) return
        this.exchanges.length = 0
      }
      this.exchanges.push({ method, path, status, ms: clock.now() - began, requestBody: body, responseBody, problem })
    }
    try {
      const answer = await this.#line.once(method, path, body)
      keep(answer.status, answer.text === '' ? null : this.#line.withoutToken(answer.text), null)
      return answer
    } catch (error) {
      keep(null, null, error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}
