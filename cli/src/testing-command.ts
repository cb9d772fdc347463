import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { addMethod, saveMethod } from '@claviger/server/provisioning/methods.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import { isPostgres } from '@claviger/server/storage/open.ts'
import { openTestStore } from '@claviger/server/storage/testing.ts'
import { write } from '@claviger/server/storage/write.ts'
import { createTeam } from '@claviger/server/teams/create.ts'
import { addMembers } from '@claviger/server/teams/members.ts'
import { createUser } from '@claviger/server/users/create.ts'
import { expect, onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { initialise } from './init.ts'
import { scopeOf, settingsOf } from './store.ts'
import { runHere } from './testing-terminal.ts'

export const BINARY = fileURLToPath(new URL('../bin/claviger.js', import.meta.url))

/** The names of every user that addUser makes: no output may hold them. */
export const FIRST_NAME = 'Wilhelmina'
export const LAST_NAME = 'Featherstone'

export type Environment = Readonly<Record<string, string>>

export interface Ran {
  code: number | null
  out: string
  err: string
}

export interface StartedCommand {
  pid: number
  /** What it has written so far. */
  printed(): { out: string; err: string }
  /** Resolves once it has written this to standard output. */
  wrote(text: string): Promise<void>
  send(signal: NodeJS.Signals): void
  ended: Promise<Ran>
}

export interface StartOptions {
  env?: Environment
  /** The Node that runs it; the one of the tests unless given. */
  node?: string
  cwd?: string
  /** What is run instead of the binary. */
  script?: string
  /** What it reads from standard input, once it is there; nothing unless given. */
  input?: string | Promise<string>
}

/** Starts the real binary, in an environment without settings but these. It is gone when the test is over. */
export function startCommand(
  args: readonly string[],
  { env = {}, node = process.execPath, cwd, script = BINARY, input }: StartOptions = {},
): StartedCommand {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(node, [script, ...args], { env: { PATH, HOME, ...env }, cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  if (typeof input === 'object') input.then((text) => child.stdin.end(text))
  else child.stdin.end(input ?? '')
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${node} cannot be started`)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    pid,
    printed: () => ({ out, err }),
    async wrote(text) {
      while (!out.includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended before it wrote "${text}":\n${out}${err}`)
        await sleep(20)
      }
    },
    send: (signal) => child.kill(signal),
    ended,
  }
}

/**
 * Runs a command to its end. To start a Node for each took a third of the time of all tests, so it runs in this process, unless
 * it or the options are about the process. `runBinary` is for tests of what comes before the command and after it.
 */
export function run(args: readonly string[], options: StartOptions = {}): Promise<Ran> {
  const { env = {}, input = '', node, cwd, script } = options
  const needsProcess = node !== undefined || cwd !== undefined || script !== undefined || typeof input !== 'string'
  if (needsProcess || waitsForSignals(args)) return runBinary(args, options)
  const { PATH = '', HOME = '' } = process.env
  return runHere(args, { PATH, HOME, ...env }, input)
}

function waitsForSignals([command, ...args]: readonly string[]) {
  return command === undefined || ['serve', 'demo', 'watch', 'automator'].includes(command) || args.includes('--follow')
}

/** Runs the real binary to its end, as a process. */
export function runBinary(args: readonly string[], options: StartOptions = {}): Promise<Ran> {
  return startCommand(args, options).ended
}

/** The same with `--json`: the one value on standard output. Fails where the command does, or says anything else. */
export async function runJson(args: readonly string[], options: StartOptions = {}, runs = run): Promise<unknown> {
  const { code, out, err } = await runs([...args, '--json'], options)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out)
}

/** The text at a path of a JSON value. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = path.reduce<unknown>((part, key) => (Object(part) === part ? Reflect.get(Object(part), key) : undefined), value)
  if (typeof found !== 'string') throw new Error(`no text at ${path.join('.')} of ${JSON.stringify(value)}`)
  return found
}

/** The elements of a JSON array. */
export function elementsOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`no array: ${JSON.stringify(value)}`)
  return value
}

/** A migrated store, open here, and the environment in which commands find it. */
export async function newStore(): Promise<{ db: Db; env: Environment }> {
  const { db, location } = await openTestStore()
  return { db, env: environmentOf(location) }
}

export function environmentOf(location: string): Environment {
  return isPostgres(location) ? { CLAVIGER_DATABASE_URL: location } : { CLAVIGER_DATA: dirname(location) }
}

/** A store with an enterprise, and a node with a saved provisioning method. */
export async function newInstallation() {
  const { db, env } = await newStore()
  const at = Date.now()
  const { rootNodeId, enterpriseId } = await initialise({ db, config: settingsOf({}), at }, 'Example Ltd', 'admin@example.com')
  const { node, method, token } = await write(db, async (trx) => {
    const added = await addNode(trx, { name: 'Staff', parentId: null }, 'command', at)
    const first = await addMethod(trx, added.id, 'command', at)
    return { node: added, token: first.token, method: await saveMethod(trx, first.method.id, 'command', at) }
  })
  return { db, env, enterpriseId, rootNodeId, nodeId: node.id, method, token }
}

/** Makes a user as the directory of this node would. `primaryEmail` where it is another address. */
export async function addUser(
  db: Db,
  nodeId: string,
  email: string,
  { primaryEmail, active }: { primaryEmail?: string; active?: boolean } = {},
) {
  const scope = await scopeOf(db, nodeId, Date.now())
  const resource = JSON.stringify({ name: { givenName: FIRST_NAME, familyName: LAST_NAME } })
  const person = { userName: email, externalId: null, displayName: `${FIRST_NAME} ${LAST_NAME}`, active, resource }
  const { user } = await write(db, (trx) => createUser(trx, scope, { ...person, primaryEmail: primaryEmail ?? email }, 'warn'))
  return user
}

/** Makes a pending team with these pending members. */
export async function addTeam(db: Db, nodeId: string, name: string, memberIds: string[] = []) {
  const scope = await scopeOf(db, nodeId, Date.now())
  return write(db, async (trx) => {
    const team = await createTeam(trx, scope, { name, externalId: null })
    await addMembers(trx, scope, team, memberIds)
    return team
  })
}

/** `claviger serve` on a port of its own, once it answers. */
export async function startServing(env: Environment, ...args: string[]) {
  const port = await freePort()
  const server = startCommand(['serve', '--port', String(port), '--log-level', 'warn', ...args], { env })
  await server.wrote(`:${port}\n`)
  return { ...server, port, url: `http://localhost:${port}` }
}

/** A Node older than 24 that this machine has beside ours; undefined where there is none. */
export function olderNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return places.map((folder) => join(folder, 'node')).find((path) => isExecutable(path) && path !== process.execPath)
}

function isExecutable(path: string) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
