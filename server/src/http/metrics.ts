import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { AppError } from '../errors.ts'
import type { MailResult } from '../mail/sender.ts'

/** What the metrics ask for when they are read. Each must be cheap: a counter or an index. */
export interface MetricsSources {
  /** Mails that wait to be sent. */
  queuedMails?: () => Promise<number>
  /** Methods that their limits have paused. */
  pausedByLimits?: () => Promise<number>
}

/** The numbers of one server. */
export interface Metrics {
  readonly registry: Registry
  /** One request of a directory: its operation as the provisioning log names it (`user.create`; a closed set, never an id), and its status. */
  countScim(operation: string, status: number): void
  countMail(result: MailResult): void
}

/** A registry of its own for each server, so that two in one process do not count for each other. */
export function createMetrics(sources: MetricsSources = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const scim = new Counter({
    name: 'claviger_scim_operations_total',
    help: 'SCIM operations by kind and outcome',
    labelNames: ['operation', 'outcome'],
    registers,
  })
  const mails = new Counter({ name: 'claviger_mails_total', help: 'Mails offered to the mail server', labelNames: ['result'], registers })
  const { queuedMails, pausedByLimits } = sources
  if (pausedByLimits) {
    new Gauge({
      name: 'claviger_methods_paused_by_limits',
      help: 'Provisioning methods that the limits of removals have paused: each waits for an administrator',
      registers,
      async collect() {
        this.set(await pausedByLimits())
      },
    })
  }
  if (queuedMails) {
    new Gauge({
      name: 'claviger_mails_queued',
      help: 'Mails that wait to be sent',
      registers,
      async collect() {
        this.set(await queuedMails())
      },
    })
  }
  return {
    registry,
    countScim: (operation, status) => scim.inc({ operation, outcome: outcomeOf(status) }),
    countMail: (result) => mails.inc({ result }),
  }
}

/**
 * `/metrics` for Prometheus, and the measuring of every request. With `token` it wants it as a bearer token; without,
 * it answers only this machine, and nothing that a proxy has passed on.
 */
export function metricsRoutes(app: FastifyInstance, metrics: Metrics, token: string | undefined) {
  const durations = new Histogram({
    name: 'claviger_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [metrics.registry],
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    durations.observe({ method: methodLabel(request.method), route, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })
  app.get('/metrics', async (request, reply) => {
    admit(request, reply, token)
    return reply
      .type(metrics.registry.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.registry.metrics())
  })
}

/** Applied or answered; refused, with a reason for the directory's administrator; or failed, which is for ours. */
function outcomeOf(status: number) {
  if (status < 400) return 'done'
  return status === 500 ? 'failed' : 'refused'
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** Clients choose the method: one label for all that are made up. */
function methodLabel(method: string) {
  return METHODS.has(method) ? method : 'other'
}

function admit(request: FastifyRequest, reply: FastifyReply, token: string | undefined) {
  if (token !== undefined) {
    const [scheme, given = ''] = (request.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digest(given), digest(token))) return
    reply.header('www-authenticate', 'Bearer realm="metrics"')
    throw new AppError('unauthenticated', 'give the token of CLAVIGER_METRICS_TOKEN: Authorization: Bearer …')
  }
  const passedOn = request.headers['x-forwarded-for'] ?? request.headers.forwarded ?? request.headers.via
  if (passedOn !== undefined || !isLoopback(request.socket.remoteAddress)) {
    throw new AppError('forbidden', 'metrics answer this machine only: set CLAVIGER_METRICS_TOKEN to read them from another')
  }
}

function isLoopback(address = '') {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

function digest(text: string) {
  return createHash('sha256').update(text).digest()
}
