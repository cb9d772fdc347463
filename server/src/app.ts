import type { Socket } from 'node:net'
import helmet from '@fastify/helmet'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { apiRoutes } from './api/routes.ts'
import { healthRoutes } from './http/health.ts'
import { answerNotFound, pageRoutes } from './http/home-page.ts'
import { logAnswer } from './http/logging.ts'
import { type Metrics, metricsRoutes } from './http/metrics.ts'
import { answerError } from './http/refusal.ts'
import { requestIdOf } from './http/request-id.ts'
import { webPages } from './http/web-pages.ts'
import type { ScimSettings } from './scim/context.ts'
import { replay } from './scim/replay.ts'
import { scimRoutes } from './scim/routes.ts'
import { isScimUrl, refuseUnroutable } from './scim/unroutable.ts'

/** Longest body of a request, in bytes; the SCIM routes set their own. */
const BODY_LIMIT = 1024 * 1024
/** The whole of a request must have come within this. */
const REQUEST_MILLIS = 60_000
/** Longer than a load balancer keeps its side open, so that none sends a request into a connection that closes. */
const KEEP_ALIVE_MILLIS = 75_000
/** Once the server stops, a request that was on its way in a new connection comes within this. */
const FIRST_REQUEST_MILLIS = 1_000

/** What the HTTP side stands on. One for each server process. */
export interface AppContext extends ScimSettings {
  readonly logger: FastifyBaseLogger
  readonly metrics: Metrics
  /** As in Config. */
  readonly metricsToken: string | undefined
  readonly trustProxy: number | string[] | false
  /** The folder of the built pages; without one, a page says how to do it by commands. */
  readonly webFolder?: string | null
}

/** The server's HTTP side, ready for `listen` or `inject`. Closing it lets running requests finish; the store stays open. */
export async function buildApp(context: AppContext): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: context.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    requestIdHeader: false,
    genReqId: requestIdOf,
    trustProxy: trusted(context.trustProxy),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MILLIS,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    forceCloseConnections: 'idle',
    // What comes over an open connection while the server stops is served, and the connection closed after it: a
    // directory that gets 503 here would write a failed task into its log.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) =>
      isScimUrl(request.url) ? refuseUnroutable(error, request, reply) : answerError(error, request, reply),
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    logAnswer(request, reply)
    done()
  })
  endConnectionsWhenStopping(app)
  app.setErrorHandler(answerError)
  metricsRoutes(app, context.metrics, context.metricsToken)
  healthRoutes(app, context.db)
  // For what a browser shows. The SCIM interface answers programs, and does not pay for these headers.
  await app.register(async (pages) => {
    await pages.register(helmet, securityHeaders(context.publicUrl))
    if (context.webFolder) await webPages(pages, context.webFolder)
    else pageRoutes(pages, context.publicUrl)
    pages.setNotFoundHandler(answerNotFound)
  })
  apiRoutes(app, { db: context.db, publicUrl: context.publicUrl, onCommit: context.onCommit ?? (() => {}), replay })
  scimRoutes(app, { ...context, onRequest: context.metrics.countScim })
  await app.ready()
  return app
}

/**
 * A connection whose request was under way when the server was told to stop would else stay open until it idles out, and one
 * that never had a request, as browsers open some ahead, for as long as a request may take.
 */
function endConnectionsWhenStopping(app: FastifyInstance) {
  let stopping = false
  const open = new Set<Socket>()
  app.server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  app.addHook('preClose', (done) => {
    stopping = true
    setTimeout(() => {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    }, FIRST_REQUEST_MILLIS).unref()
    done()
  })
  app.addHook('onSend', (_, reply, __, done) => {
    if (stopping) reply.header('connection', 'close')
    done()
  })
}

/** The number of proxies in front says how many entries of X-Forwarded-For, from its end, were written by one of ours. */
function trusted(proxies: AppContext['trustProxy']) {
  return typeof proxies === 'number' ? (_: string, hop: number) => hop < proxies : proxies
}

/** Nothing is loaded but from this server, nothing is framed, and no page tells another where it was linked from. */
function securityHeaders(publicUrl: string) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        // OPAQUE is WebAssembly.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
        // No text becomes a script, but for the one address of the Worker that holds the keys.
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ['claviger-worker'],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain HTTP a browser ignores it; behind TLS it holds for this name alone, other names are not ours to bind.
    hsts: publicUrl.startsWith('https:') ? { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false } : false,
    frameguard: { action: 'deny' as const },
    referrerPolicy: { policy: 'no-referrer' as const },
  }
}
