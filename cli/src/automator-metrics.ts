import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '@claviger/server/errors.ts'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** The numbers of a running automator. */
export interface AutomatorMetrics {
  readonly registry: Registry
  /** Something was done: `kind` is a word of a closed set. */
  countDone(kind: string): void
  countFailure(): void
  /** A look at what waits came to its end: how much was left, and how long the log is now. */
  finish(state: { skipped: number; logLength: number }): void
}

/** A registry of its own, so that nothing else of the process counts for it. */
export function createAutomatorMetrics(): AutomatorMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const done = new Counter({ name: 'claviger_automator_done_total', help: 'What was approved, by kind', labelNames: ['kind'], registers })
  const failures = new Counter({ name: 'claviger_automator_failures_total', help: 'Looks at what waits that failed', registers })
  const skipped = new Gauge({ name: 'claviger_automator_skipped', help: 'Things that wait and that it may not end', registers })
  const success = new Gauge({
    name: 'claviger_automator_last_success_timestamp_seconds',
    help: 'When a look at what waits last came to its end',
    registers,
  })
  const entries = new Gauge({ name: 'claviger_automator_log_entries', help: 'Entries of the enterprise log, as verified', registers })
  return {
    registry,
    countDone: (kind) => done.inc({ kind }),
    countFailure: () => failures.inc(),
    finish: ({ skipped: left, logLength }) => {
      skipped.set(left)
      entries.set(logLength)
      success.setToCurrentTime()
    },
  }
}

/**
 * Serves `/metrics` for Prometheus, and nothing else. Port 0: any that is free.
 * @returns where, and what ends it
 * @throws AppError `unavailable` where the port is taken
 */
export async function serveMetrics(
  { registry }: AutomatorMetrics,
  { host, port }: { host: string; port: number },
): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const isMetrics = (request.method === 'GET' || request.method === 'HEAD') && request.url?.split('?', 1)[0] === '/metrics'
    if (!isMetrics) return response.writeHead(404).end()
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
    return response
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new AppError('unavailable', `The metrics cannot be served on ${host}:${port}: ${error.message}`)),
    )
    server.listen(port, host, resolve)
  })
  // Metrics keep no process alive that has nothing else to do.
  server.unref()
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server.address(), port)}/metrics`, close }
}

function portOf(address: AddressInfo | string | null, port: number): number {
  return address !== null && typeof address === 'object' ? address.port : port
}
