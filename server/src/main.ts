import type { Logger } from 'pino'
import { pino } from 'pino'
import { type Config, unknownVariables } from './config.ts'
import { isEmpty } from './enterprises/create.ts'
import { firstSetupLink } from './enterprises/first-setup.ts'
import { createLogger } from './http/logging.ts'
import { startServer } from './server.ts'
import { isPostgres } from './storage/open.ts'
import { version } from './version.ts'

/** What comes after running requests have had their time: mails under way, and the connections of the store. */
const CLOSING_MILLIS = 15_000

/**
 * Serves until the process is told to stop, then ends it: with 0 after an orderly stop, with 1 where that took too long or
 * something broke. Words for people go to stdout, the log to stderr.
 * @throws AppError where it cannot start, in words for an administrator.
 */
export async function serve(config: Config): Promise<never> {
  const logger = createLogger(config.logLevel, pino.destination({ fd: 2, sync: false, minLength: 4096, periodicFlush: 250 }))
  exitOnBug(logger)
  const told = stopSignal(logger)
  const server = await startServer(config, logger)
  const setUpAt = (await isEmpty(server.db)) ? await firstSetupLink(server.db, config.publicUrl) : null
  process.stdout.write(welcome(config, setUpAt))
  for (const name of unknownVariables()) logger.warn({ variable: name }, 'this variable is no setting: is it misspelt?')
  logger.info({ version, host: config.host, port: config.port }, 'listening')

  const signal = await told
  logger.info({ signal }, 'stopping: running requests may finish')
  setTimeout(() => {
    logger.fatal('stopping took too long')
    process.exit(1)
  }, config.shutdownMillis + CLOSING_MILLIS).unref()
  await server.close()
  logger.info('stopped')
  process.exit(0)
}

/** The first signal to stop; the second ends the process at once. */
function stopSignal(logger: Logger): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let told = false
  const tell = (signal: NodeJS.Signals) => {
    if (told) {
      logger.fatal({ signal }, 'told to stop twice: ending at once')
      process.exit(1)
    }
    told = true
    resolve(signal)
  }
  process.on('SIGTERM', tell)
  process.on('SIGINT', tell)
  return promise
}

/** After an error that nobody caught, nobody knows what state the process is in: better a new one. */
function exitOnBug(logger: Logger) {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, 'ending: an error that nobody caught')
      process.exit(1)
    })
  }
}

function welcome(config: Config, setUpAt: string | null): string {
  const { publicUrl, storeLocation } = config
  const lines = [
    `Claviger ${version} serves ${publicUrl}`,
    isPostgres(storeLocation) ? 'Store: PostgreSQL' : `Store: ${storeLocation}`,
    ...(config.smtpUrl === undefined
      ? ['No mail server is set (CLAVIGER_SMTP_URL): `claviger users list` shows the links of invitations instead.']
      : []),
    ...(setUpAt === null ? [] : ['', ...firstSteps(publicUrl, setUpAt)]),
  ]
  return `${lines.join('\n')}\n`
}

function firstSteps(publicUrl: string, setUpAt: string) {
  return [
    `The store is empty. Set it up: ${setUpAt}`,
    'Whoever has this link can do so. Or in another terminal, in this folder and with the same CLAVIGER_ settings:',
    '  npx claviger init --enterprise "Example Ltd" --admin you@example.com',
    '  npx claviger node add --name "Staff"',
    '  npx claviger method add --node NODE',
    `  npx claviger okta test --url ${publicUrl}/scim/v2/NODE --token TOKEN`,
  ]
}
