import http from 'node:http'
import { onTestFinished } from 'vitest'
import type { Connection } from './http.ts'

/** A request as it came over the wire. */
export interface SeenRequest {
  method: string
  url: string
  headers: http.IncomingHttpHeaders
  body: unknown
}

export interface ForeignAnswer {
  status: number
  headers?: Record<string, string>
  body?: unknown
  /** Sent instead of `body`, as it is. */
  text?: string
  /** Destroys the socket: before the answer, or in the middle of it. */
  cut?: 'before' | 'within'
}

export interface ForeignServer {
  connection: Connection
  seen: SeenRequest[]
  /** `METHOD /path?query` of every request. */
  lines(): string[]
  waits: number[]
}

type Behaviour = (request: SeenRequest, count: number) => ForeignAnswer | Promise<ForeignAnswer>

/** Somebody else's server on loopback that answers what a test says. Its clock does not wait: it notes the waits. */
export async function foreignServer(behave: Behaviour): Promise<ForeignServer> {
  const seen: SeenRequest[] = []
  const waits: number[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const one: SeenRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    seen.push(one)
    const answer = await behave(one, seen.length)
    if (answer.cut === 'before') return void request.socket.destroy()
    const body = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
    response.writeHead(answer.status, { 'content-type': 'application/scim+json', ...answer.headers })
    if (answer.cut === 'within') {
      response.write(body.slice(0, body.length / 2), () => request.socket.destroy())
      return
    }
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const clock = { now: () => 0, sleep: async (ms: number) => void waits.push(ms) }
  return {
    connection: { baseUrl: `http://127.0.0.1:${port}/scim/v2/n1`, token: 'secret-token', clock },
    seen,
    waits,
    lines: () => seen.map(({ method, url }) => `${method} ${url.replace('/scim/v2/n1/', '')}`),
  }
}

/** A complete ListResponse. */
export function listOf(...resources: object[]): ForeignAnswer {
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  }
  return { status: 200, body }
}

/** A SCIM error. */
export function scimError(status: number, detail: string, scimType?: string): ForeignAnswer {
  return { status, body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), scimType, detail } }
}
