import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createEnterprise } from './enterprises/create.ts'
import { addMethod, saveMethod } from './provisioning/methods.ts'
import type { Db } from './storage/database.ts'
import { newTestLocation, openTestStore } from './storage/testing.ts'
import { write } from './storage/write.ts'

const CODE = `
import { processConfig } from '${new URL('config.ts', import.meta.url)}'
import { serve } from '${new URL('main.ts', import.meta.url)}'
await serve(processConfig()).catch((error) => { console.log(error.message); process.exit(3) })`

function settingsOf(location: string): NodeJS.ProcessEnv {
  return location.startsWith('postgres') ? { CLAVIGER_DATABASE_URL: location } : { CLAVIGER_DATA: dirname(location) }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

/** `claviger serve` in a process of its own, with what it prints. */
async function startProcess(location: string, settings: NodeJS.ProcessEnv = {}) {
  const port = Number(settings['CLAVIGER_PORT'] ?? (await freePort()))
  const env = { PATH: process.env['PATH'], CLAVIGER_PORT: String(port), ...settingsOf(location), ...settings }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CODE], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const printed = { out: '', log: '' }
  child.stdout.on('data', (chunk) => {
    printed.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    printed.log += chunk
  })
  const ended = once(child, 'close').then(([code]) => Number(code))
  return { child, port, printed, ended }
}

async function startServing(location: string, settings: NodeJS.ProcessEnv = {}) {
  const server = await startProcess(location, settings)
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/healthz`).catch(() => undefined)
    if (answer?.ok) return server
    if (server.child.exitCode !== null) throw new Error(`the server ended: ${server.printed.out}${server.printed.log}`)
    await sleep(20)
  }
}

/** A directory that may provision: the base URL's path, and the token. */
async function connectDirectory(db: Db) {
  return write(db, async (trx) => {
    const { rootNodeId } = await createEnterprise(trx, { name: 'Example', administrator: 'admin@example.com' }, Date.now())
    const { method, token } = await addMethod(trx, rootNodeId, 'command', Date.now())
    await saveMethod(trx, method.id, 'command', Date.now())
    return { path: `/scim/v2/${rootNodeId}`, token }
  })
}

const USER = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'anna@example.com' })

/** The creation of a user whose body is on its way. */
async function beginCreating(port: number, { path, token }: { path: string; token: string }): Promise<ClientRequest> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', 'content-length': String(USER.length) }
  const creating = request({ port, path: `${path}/Users`, method: 'POST', headers })
  creating.write(USER.slice(0, 10))
  await once(creating, 'socket')
  await sleep(200)
  return creating
}

async function answerTo(creating: ClientRequest): Promise<IncomingMessage> {
  const [answer] = await once(creating, 'response')
  answer.resume()
  return answer
}

test('a server that is told to stop finishes the request that is under way, takes no new one, and ends with 0', async () => {
  const { db, location } = await openTestStore()
  const directory = await connectDirectory(db)
  const { child, port, printed, ended } = await startServing(location)
  const creating = await beginCreating(port, directory)
  const answered = answerTo(creating)
  child.kill('SIGTERM')
  await sleep(300)
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  creating.end(USER.slice(10))
  const { statusCode, headers } = await answered
  expect([statusCode, headers.connection]).toEqual([201, 'close'])
  expect(await ended).toBe(0)
  expect(await db.selectFrom('users').select('email').where('email', '=', 'anna@example.com').execute()).toHaveLength(1)
  expect(printed.log).toContain('"msg":"stopped"')
})

test('a request that takes too long does not keep a server from stopping', async () => {
  const { db, location } = await openTestStore()
  const directory = await connectDirectory(db)
  const { child, port, ended } = await startServing(location, { CLAVIGER_SHUTDOWN_SECONDS: '1' })
  const creating = await beginCreating(port, directory)
  const broken = once(creating, 'error')
  child.kill('SIGTERM')
  await broken
  expect(await ended).toBe(0)
})

test('told to stop twice, a server ends at once', async () => {
  const { db, location } = await openTestStore()
  const directory = await connectDirectory(db)
  const { child, port, ended } = await startServing(location)
  const creating = await beginCreating(port, directory)
  creating.on('error', () => {})
  child.kill('SIGINT')
  await sleep(200)
  child.kill('SIGINT')
  expect(await ended).toBe(1)
})

test('with an empty store the server says where to set it up and which commands come next; later it does not', async () => {
  const { db, location } = await openTestStore()
  const first = await startServing(location)
  await expect.poll(() => first.printed.out).toContain(`http://localhost:${first.port}/setup#new.`)
  expect(first.printed.out).toContain('npx claviger init --enterprise')
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  await connectDirectory(db)
  const second = await startServing(location)
  await expect.poll(() => second.printed.out).toContain('serves')
  expect(second.printed.out).not.toContain('/setup')
})

test('neither the log nor what is printed holds a token, a password or an address', async () => {
  const { db, location } = await openTestStore()
  const directory = await connectDirectory(db)
  const { child, port, printed, ended } = await startServing(location, {
    CLAVIGER_LOG_LEVEL: 'trace',
    CLAVIGER_SMTP_URL: 'smtp://mailer:pa55word@127.0.0.1:9',
    CLAVIGER_METRICS_TOKEN: 'a-token-for-prometheus',
  })
  const creating = await beginCreating(port, directory)
  creating.end(USER.slice(10))
  await answerTo(creating)
  const filter = encodeURIComponent('userName eq "anna@example.com"')
  await fetch(`http://127.0.0.1:${port}${directory.path}/Users?filter=${filter}`, {
    headers: { authorization: `Bearer ${directory.token}` },
  })
  await fetch(`http://127.0.0.1:${port}/metrics?token=${directory.token}`)
  child.kill('SIGTERM')
  await ended
  expect(printed.log).toContain(`${directory.path}/Users`)
  for (const secret of [directory.token, 'anna@', 'pa55word', 'a-token-for-prometheus', 'postgres:postgres@']) {
    expect(printed.out + printed.log).not.toContain(secret)
  }
})

test('a second server on the same SQLite file is refused, and PostgreSQL takes both', async () => {
  const location = await newTestLocation()
  const first = await startServing(location)
  if (location.startsWith('postgres')) {
    const second = await startServing(location)
    expect(second.port).not.toBe(first.port)
    return
  }
  const second = await startProcess(location)
  expect(await second.ended).toBe(3)
  expect(second.printed.out).toContain(`another Claviger server is running on ${location}`)
  first.child.kill('SIGKILL')
  await first.ended
  await startServing(location) // a server that was killed leaves no lock behind
})

test('a port that is taken is named, with what to change', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const { ended, printed } = await startProcess(await newTestLocation(), { CLAVIGER_PORT: String(port) })
  expect(await ended).toBe(3)
  expect(printed.out).toContain(`port ${port} is in use by another program: stop it, or choose another port (--port, CLAVIGER_PORT)`)
})

test('a database that does not exist is named without its password', async ({ skip }) => {
  const location = await newTestLocation()
  skip(!location.startsWith('postgres'), 'SQLite makes its file')
  const { ended, printed } = await startProcess(new URL('/nowhere', location).href)
  expect(await ended).toBe(3)
  expect(printed.out).toContain('the database named in CLAVIGER_DATABASE_URL does not exist')
})
