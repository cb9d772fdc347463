import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Short and without anything that a log or a header could trip over. */
const WELL_FORMED = /^[\w.:/+=-]{1,128}$/

/** The id that the caller or a proxy gave the request in `X-Request-Id`, where it is well-formed; otherwise a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID()
}
