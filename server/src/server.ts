import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { AppError } from './errors.ts'
import { createMetrics } from './http/metrics.ts'
import { builtWeb } from './http/web-pages.ts'
import { jobsOf, startJobs } from './jobs.ts'
import { queueLength } from './mail/queue-length.ts'
import { startMailSender } from './mail/sender.ts'
import { openMailTransport } from './mail/transport.ts'
import { countPausedByLimits } from './safety/show.ts'
import { explainConnectFailure, isPassing } from './storage/connect-failure.ts'
import type { Db } from './storage/database.ts'
import { migrate } from './storage/migrate.ts'
import { closeDatabase, openDatabase } from './storage/open.ts'
import { lockForServing } from './storage/server-lock.ts'

/** How long a server that starts waits for a database that starts beside it. */
const DATABASE_MILLIS = 30_000

export interface RunningServer {
  readonly db: Db
  /** Stops accepting, lets running requests, mails and jobs finish within the time that is set, then lets go of the store. */
  close(): Promise<void>
}

/**
 * Starts a whole server: migrates and opens the store, listens, sends mail, runs jobs. Whatever it had begun when
 * something fails is undone.
 * @throws AppError in words for an administrator: `conflict` where port or store is in use, `unavailable` where the
 * database cannot be reached, `invalid_value` for a setting that cannot be used.
 */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  const undo: (() => unknown)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const transport = config.smtpUrl === undefined ? undefined : openMailTransport(config.smtpUrl)
    undo.push(() => transport?.close())
    const lock = lockForServing(config.storeLocation)
    undo.push(() => lock.release())
    await migrateWhenReachable(config.storeLocation, logger)
    const db = await openDatabase(config.storeLocation)
    undo.push(() => closeDatabase(db))
    const metrics = createMetrics({ queuedMails: () => queueLength(db), pausedByLimits: () => countPausedByLimits(db) })
    const { publicUrl, mailFrom: from } = config
    const sender = startMailSender({ db, transport, publicUrl, from, log: logger, onResult: metrics.countMail })
    undo.push(() => sender.stop())
    const app = await buildApp({ ...config, webFolder: builtWeb(), db, logger, metrics, onCommit: () => sender.wake() })
    undo.push(() => closeWithin(app, config.shutdownMillis))
    await listen(app, config)
    const jobs = startJobs(db, jobsOf(config), logger)
    undo.push(() => jobs.stop())
    return { db, close }
  } catch (error) {
    await close()
    throw explainConnectFailure(error)
  }
}

async function migrateWhenReachable(location: string, logger: Logger) {
  const end = Date.now() + DATABASE_MILLIS
  for (;;) {
    try {
      const ran = await migrate(location)
      if (ran.length > 0) logger.info({ migrations: ran }, 'the store was brought up to date')
      return
    } catch (error) {
      if (!isPassing(error) || Date.now() > end) throw error
      logger.warn({ err: error }, 'waiting for the database')
      await sleep(1000)
    }
  }
}

async function listen(app: FastifyInstance, { host, port }: Config) {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw explainListenFailure(error, host, port)
  }
}

function explainListenFailure(error: unknown, host: string, port: number) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return new AppError('conflict', `port ${port} is in use by another program: stop it, or choose another port (--port, CLAVIGER_PORT)`)
    case 'EACCES':
      return new AppError('forbidden', `this process may not listen on port ${port}: choose one above 1023 (--port, CLAVIGER_PORT)`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError(
        'invalid_value',
        `${host} is no address of this machine: use 127.0.0.1, 0.0.0.0 or one of its own (CLAVIGER_HOST)`,
      )
    default:
      return error
  }
}

/** Requests that take longer than the limit are broken off: an orchestrator would kill the whole process soon after. */
async function closeWithin(app: FastifyInstance, millis: number) {
  const breakOff = setTimeout(() => app.server.closeAllConnections(), millis)
  try {
    await app.close()
  } finally {
    clearTimeout(breakOff)
  }
}
