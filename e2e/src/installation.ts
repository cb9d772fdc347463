import { dirname } from 'node:path'
import { connectDirectory, type DirectoryChoice } from '@claviger/directory-simulator/connect.ts'
import type { Directory, DirectoryKind } from '@claviger/directory-simulator/directory.ts'
import { type Refusals, startMailServer } from '@claviger/server/mail/testing-mail-server.ts'
import { isPostgres } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { type Environment, runJson, startServing } from 'claviger/src/testing-command.ts'
import { onTestFinished } from 'vitest'

/** What `method add` prints. */
export interface Method {
  methodId: string
  nodeId: string
  baseUrl: string
  token: string
}

export interface ShownUser {
  id: string
  email: string
  status: string
  teams: string[]
  flags: string[]
  invitationUrl?: string
}

export interface ShownTeam {
  id: string
  name: string
  status: string
  members: { email: string; status: string }[]
}

export interface LogLine {
  operation: string
  status: number
  summary: string
  detail: string | null
  advice: string | null
}

/** An installation as an administrator makes it: the real server, driven by the real commands. */
export interface Installation {
  url: string
  rootNodeId: string
  /** With which the first administrator, admin@example.com, sets up. */
  setupUrl: string
  /** Runs `claviger … --json`. */
  claviger<T>(...args: string[]): Promise<T>
  /** Adds a node and its provisioning method. */
  addMethod(name: string, ...options: string[]): Promise<Method>
  /** A simulated directory that this method is connected to. */
  connect(method: Method, choice?: DirectoryKind | DirectoryChoice): Directory
  users(method: Method): Promise<ShownUser[]>
  teams(method: Method): Promise<ShownTeam[]>
  log(method: Method): Promise<LogLine[]>
  mail: Awaited<ReturnType<typeof startMailServer>> | undefined
  /** Of the store, as `openDatabase` takes it. */
  location: string
  /** In which commands find the store. */
  env: Environment
  /** What the server has written so far. */
  printed(): string
  /** Ends the server, as an update does. */
  stop(): Promise<void>
}

/** Starts the server on a store of its own, with an enterprise. `mail`: with a mail server to send through, that refuses some. */
export async function startInstallation({
  mail: withMail = false,
  logLevel = 'warn',
}: {
  mail?: boolean | Refusals
  logLevel?: string
} = {}): Promise<Installation> {
  const location = await newTestLocation()
  const mail = withMail === false ? undefined : await startMailServer(withMail === true ? {} : withMail)
  const env = {
    ...(isPostgres(location) ? { CLAVIGER_DATABASE_URL: location } : { CLAVIGER_DATA: dirname(location) }),
    ...(mail && { CLAVIGER_SMTP_URL: mail.url, CLAVIGER_MAIL_FROM: 'Claviger <vault@example.com>' }),
  }
  const server = await startServing(env, '--log-level', logLevel)
  const here = { ...env, CLAVIGER_PUBLIC_URL: server.url }
  const claviger = async <T>(...args: string[]) => (await runJson(args, { env: here })) as T
  const { rootNodeId, setupUrl } = await claviger<{ rootNodeId: string; setupUrl: string }>(
    'init',
    '--enterprise',
    'Example Ltd',
    '--admin',
    'admin@example.com',
  )
  return {
    url: server.url,
    rootNodeId,
    setupUrl,
    claviger,
    mail,
    location,
    env: here,
    printed: () => Object.values(server.printed()).join(''),
    async stop() {
      server.send('SIGTERM')
      await server.ended
    },
    async addMethod(name, ...options) {
      const { nodeId } = await claviger<{ nodeId: string }>('node', 'add', '--name', name)
      return claviger<Method>('method', 'add', '--node', nodeId, ...options)
    },
    connect(method, choice = 'okta') {
      const directory = connectDirectory(choice, { baseUrl: method.baseUrl, token: method.token, waits: false })
      onTestFinished(() => directory.close())
      return directory
    },
    users: ({ nodeId }) => claviger('users', 'list', '--node', nodeId),
    teams: ({ nodeId }) => claviger('teams', 'list', '--node', nodeId),
    log: ({ nodeId }) => claviger('log', '--node', nodeId),
  }
}
