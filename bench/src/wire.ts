import { once } from 'node:events'
import net from 'node:net'
import { performance } from 'node:perf_hooks'

export interface Answer {
  readonly status: number
  /** The status line and the headers. */
  readonly head: string
  /** Only where it was asked for. */
  readonly body: string
  /** Of the whole answer, as they came over the wire. */
  readonly bytes: number
  readonly firstByteMillis: number
  readonly millis: number
}

interface Pending {
  readonly began: number
  readonly keep: boolean
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const HEAD_END = '\r\n\r\n'
/** How a chunked body ends. JSON holds no bare line end, so it cannot stand within one. */
const LAST_CHUNK = '\r\n0\r\n\r\n'

/**
 * One kept-alive connection with one request under way at a time. It reads no more of HTTP than it must: on two
 * processors, a client that costs as much as the server would measure itself, and autocannon costs more than a floor does.
 */
export class Wire {
  readonly #socket: net.Socket
  #pending: Pending | undefined
  #firstByte = 0
  #head = ''
  #bytes = 0
  #wanted: number | undefined
  #chunks: Buffer[] = []
  #tail = ''

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#take(data))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  static async to(port: number): Promise<Wire> {
    const socket = net.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Wire(socket)
  }

  send(request: string, keep = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending = { began: performance.now(), keep, resolve, reject }
      this.#head = ''
      this.#bytes = 0
      this.#wanted = undefined
      this.#chunks = []
      this.#tail = ''
      this.#socket.write(request)
    })
  }

  close() {
    this.#pending = undefined
    this.#socket.destroy()
  }

  #take(data: Buffer) {
    if (!this.#pending) return
    if (this.#bytes === 0) this.#firstByte = performance.now()
    this.#bytes += data.length
    if (this.#wanted === undefined) this.#takeHead(data)
    else if (this.#pending.keep) this.#chunks.push(data)
    if (this.#wanted === Number.POSITIVE_INFINITY) {
      this.#tail = (this.#tail + data.subarray(-LAST_CHUNK.length).toString('latin1')).slice(-LAST_CHUNK.length)
      if (this.#tail === LAST_CHUNK) this.#finish(this.#pending)
    } else if (this.#wanted !== undefined && this.#bytes >= this.#wanted) this.#finish(this.#pending)
  }

  /** Works out how long the answer is: `#wanted` counts from its first byte, and is infinite where it comes in chunks. */
  #takeHead(data: Buffer) {
    this.#chunks.push(data)
    const begun = this.#chunks.length === 1 ? data : Buffer.concat(this.#chunks)
    const end = begun.indexOf(HEAD_END)
    if (end < 0) return
    this.#head = begun.toString('latin1', 0, end)
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1]
    const chunked = length === undefined && /\r\ntransfer-encoding: chunked/i.test(this.#head)
    this.#wanted = chunked ? Number.POSITIVE_INFINITY : end + HEAD_END.length + Number(length ?? 0)
    this.#chunks = [begun]
  }

  #finish({ began, keep, resolve }: Pending) {
    this.#pending = undefined
    const status = Number(this.#head.slice(9, 12))
    const body = keep || status >= 400 ? this.#body() : ''
    resolve({
      status,
      head: this.#head,
      body,
      bytes: this.#bytes,
      firstByteMillis: this.#firstByte - began,
      millis: performance.now() - began,
    })
  }

  #body(): string {
    const whole = Buffer.concat(this.#chunks).subarray(this.#head.length + HEAD_END.length)
    if (this.#wanted !== Number.POSITIVE_INFINITY) return whole.toString()
    const parts: Buffer[] = []
    for (let at = 0; ; ) {
      const end = whole.indexOf('\r\n', at)
      const length = Number.parseInt(whole.toString('latin1', at, end), 16)
      if (end < 0 || !(length > 0)) return Buffer.concat(parts).toString()
      parts.push(whole.subarray(end + 2, end + 2 + length))
      at = end + 2 + length + 2
    }
  }

  #fail(error: Error) {
    this.#pending?.reject(error)
    this.#pending = undefined
  }
}

/** Where requests go, and whose they are. */
export interface Target {
  readonly port: number
  /** What all paths begin with. */
  readonly base: string
  readonly token: string
}

/** The text of a request as a directory sends it. */
export function requestText({ base, token }: Target, method: string, path: string, body?: unknown): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const content =
    body === undefined ? '' : `Content-Type: application/scim+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`
  return `${method} ${base}${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nAccept: application/scim+json\r\n${content}\r\n${text}`
}

/** Sends one request, and is content with nothing but success. */
export async function demand(wire: Wire, request: string): Promise<Answer> {
  const answer = await wire.send(request, true)
  if (answer.status >= 300) throw new Error(`${request.slice(0, 200)} was answered ${answer.status}: ${answer.body.slice(0, 500)}`)
  return answer
}
