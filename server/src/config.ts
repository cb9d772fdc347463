import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { isPostgres } from './storage/open.ts'

const DAY_MILLIS = 24 * 60 * 60 * 1000

/** What an installation is set to. `readConfig` makes it; nothing else reads the environment. */
export interface Config {
  /**
   * The address to listen on. 127.0.0.1 unless set: without TLS in front, only this machine should reach the server.
   * A container, which is reached from outside itself only, needs 0.0.0.0.
   */
  readonly host: string
  readonly port: number
  /** The origin under which browsers and directories reach the server, without a slash at its end. */
  readonly publicUrl: string
  /** The folder of the embedded store, absolute. Unused with PostgreSQL. */
  readonly dataFolder: string
  /** What `openDatabase` takes: a PostgreSQL URL, or the path of the SQLite file. Holds a password: never logged. */
  readonly storeLocation: string
  /** Holds a password: never logged. undefined: no mail goes out, and invitation links are shown where users are listed. */
  readonly smtpUrl: string | undefined
  readonly mailFrom: string
  /** SCIM requests a second for each token; 0: no limit. */
  readonly scimRate: number
  readonly logLevel: LogLevel
  /** Whose X-Forwarded-For is believed: a number of proxies, or their addresses. false: nobody's. */
  readonly trustProxy: number | string[] | false
  /** The bearer secret of /metrics. undefined: /metrics answers this machine only. */
  readonly metricsToken: string | undefined
  /** How long rows of the logs are kept; undefined: for good. */
  readonly provisioningLogMillis: number | undefined
  readonly auditLogMillis: number | undefined
  /** How long a server that was told to stop lets running requests finish. */
  readonly shutdownMillis: number
}

export type LogLevel = (typeof logLevels)[number]
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const wholeNumber = (words: string, least: number, most: number, preset: number) =>
  z
    .string()
    .regex(/^\d+$/, words)
    .transform(Number)
    .pipe(z.number().min(least, words).max(most, words))
    .optional()
    .transform((given) => given ?? preset)

const keptDays = (preset: number) =>
  wholeNumber('give the days to keep the rows, 0 to keep them for good', 0, 36_500, preset).transform((days) =>
    days === 0 ? undefined : days * DAY_MILLIS,
  )

const urlOf = (schemes: readonly string[], words: string) =>
  z.string().refine((given) => URL.canParse(given) && schemes.includes(new URL(given).protocol), words)

const webOrigin = urlOf(['http:', 'https:'], 'give the address that browsers use, such as https://vault.example.com')
  .transform((given) => new URL(given))
  .refine(
    ({ pathname, search, hash, username, password }) => pathname === '/' && `${search}${hash}${username}${password}` === '',
    'give scheme, name and port only: Claviger needs an origin of its own, without a path, a query or a password',
  )
  .transform(({ origin }) => origin)

const trustWords = 'say whom to trust: the number of proxies in front of Claviger, or their addresses (10.0.0.0/8,127.0.0.1)'
const trustedProxies = z
  .string()
  .transform((given): number | string[] | false => {
    if (/^(false|no|off|0)$/i.test(given)) return false
    return /^\d+$/.test(given) ? Number(given) : given.split(',').map((address) => address.trim())
  })
  .refine((trusted) => !Array.isArray(trusted) || trusted.every(isAddressRange), trustWords)
  .optional()
  .transform((given) => given ?? false)

/** The settings by name, each with the words that say what to change. Flags have the name in kebab-case: `--public-url`. */
const Settings = z.object({
  host: z
    .string()
    .optional()
    .transform((given) => given ?? '127.0.0.1'),
  port: wholeNumber('give a port from 1 to 65535', 1, 65_535, 8080),
  publicUrl: webOrigin.optional(),
  data: z
    .string()
    .optional()
    .transform((given) => resolve(given ?? 'data')),
  databaseUrl: z.string().refine(isPostgres, 'give postgres://USER:PASSWORD@HOST/NAME, or leave it out for the embedded store').optional(),
  smtpUrl: urlOf(['smtp:', 'smtps:'], 'give smtp://USER:PASSWORD@HOST:587, or smtps://… for TLS from the first byte').optional(),
  mailFrom: z
    .string()
    .regex(/^[^\r\n<>]*<[^\s@<>]+@[^\s@<>]+>$|^[^\s@<>]+@[^\s@<>]+$/, 'give an address: Claviger <vault@example.com>')
    .optional(),
  scimRate: wholeNumber('give the requests a second that one token may make, 0 for no limit', 0, 1_000_000, 0),
  logLevel: z
    .enum(logLevels, `give one of ${logLevels.join(', ')}`)
    .optional()
    .transform((given) => given ?? 'info'),
  trustProxy: trustedProxies,
  metricsToken: z.string().min(16, 'give at least 16 characters: `openssl rand -hex 32` makes a good one').optional(),
  provisioningLogDays: keptDays(90),
  auditLogDays: keptDays(0),
  shutdownSeconds: wholeNumber('give the seconds that running requests may take to finish, 1 to 600', 1, 600, 25),
})

export type SettingName = keyof typeof Settings.shape
/** What the command line gives; it wins over the environment. */
export type Flags = { readonly [Name in SettingName]?: string | number | undefined }

/** Settings whose value must not be repeated where people can read it. */
const secretSettings: readonly SettingName[] = ['databaseUrl', 'smtpUrl', 'metricsToken']

/**
 * Reads the settings from `CLAVIGER_*` variables and flags. An empty variable counts as not set, as in compose files.
 * @throws AppError `invalid_value` that names every wrong setting, where it came from, and what to change.
 */
export function readConfig(environment: NodeJS.ProcessEnv, flags: Flags = {}): Config {
  const given = Object.fromEntries(settingNames().map((name) => [name, rawValue(name, environment, flags)]))
  const read = Settings.safeParse(given)
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => explainFault(String(path[0]), message, environment, flags))
    throw new AppError('invalid_value', `Some settings are wrong:\n${[...new Set(faults)].map((fault) => `  ${fault}`).join('\n')}`)
  }
  const { data, databaseUrl, provisioningLogDays, auditLogDays, shutdownSeconds, ...settings } = read.data
  const publicUrl = settings.publicUrl ?? `http://localhost:${settings.port}`
  return {
    ...settings,
    publicUrl,
    mailFrom: settings.mailFrom ?? `Claviger <claviger@${new URL(publicUrl).hostname}>`,
    smtpUrl: settings.smtpUrl,
    metricsToken: settings.metricsToken,
    dataFolder: data,
    storeLocation: databaseUrl ?? resolve(data, 'claviger.db'),
    provisioningLogMillis: provisioningLogDays,
    auditLogMillis: auditLogDays,
    shutdownMillis: shutdownSeconds * 1000,
  }
}

/** The settings of this process: its environment, and the flags of its command. @throws as `readConfig` */
export function processConfig(flags: Flags = {}): Config {
  return readConfig(process.env, flags)
}

/** `CLAVIGER_*` variables that are no setting: a slip of the pen, most likely. */
export function unknownVariables(environment: NodeJS.ProcessEnv = process.env): string[] {
  const known = new Set(settingNames().map(variableOf))
  return Object.keys(environment).filter((name) => name.startsWith('CLAVIGER_') && !known.has(name) && !setByKubernetes(name))
}

function settingNames(): SettingName[] {
  return Settings.keyof().options
}

function rawValue(name: SettingName, environment: NodeJS.ProcessEnv, flags: Flags): string | undefined {
  const flag = flags[name]
  if (flag !== undefined) return String(flag)
  return environment[variableOf(name)]?.trim() || undefined
}

function explainFault(name: string, words: string, environment: NodeJS.ProcessEnv, flags: Flags): string {
  const setting = settingNames().find((known) => known === name)
  if (setting === undefined) return words
  const value = rawValue(setting, environment, flags)
  const source = flags[setting] === undefined ? variableOf(setting) : `--${kebab(setting)}`
  const shown = secretSettings.includes(setting) ? '' : ` is "${value}"`
  const cause =
    setting === 'port' && value?.startsWith('tcp://') ? ' (Kubernetes sets it for a Service named claviger: enableServiceLinks: false)' : ''
  return `${source}${shown}: ${words}${cause}`
}

function isAddressRange(text: string) {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (bits === undefined) return version > 0
  return rest.length === 0 && version > 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

function variableOf(name: SettingName) {
  return `CLAVIGER_${kebab(name).replaceAll('-', '_').toUpperCase()}`
}

function kebab(name: string) {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** What Kubernetes puts into the pods beside a Service named claviger. */
function setByKubernetes(name: string) {
  return /^CLAVIGER_(SERVICE|PORT)_/.test(name)
}
