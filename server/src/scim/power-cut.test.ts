import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createEnterprise } from '../enterprises/create.ts'
import { addMethod, saveMethod } from '../provisioning/methods.ts'
import { closeDatabase, isPostgres, openDatabase } from '../storage/open.ts'
import { newTestLocation } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { oktaUser } from './testing-server.ts'

const SERVE = `
import { processConfig } from '${new URL('../config.ts', import.meta.url)}'
import { serve } from '${new URL('../main.ts', import.meta.url)}'
await serve(processConfig())`

/** Where a server finds its store; SQLite's is named by its folder. */
async function newStore() {
  const location = await newTestLocation()
  if (isPostgres(location)) return { location, settings: { CLAVIGER_DATABASE_URL: location } }
  return { location: join(dirname(location), 'claviger.db'), settings: { CLAVIGER_DATA: dirname(location) } }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address ? address.port : 0
}

async function startServing(settings: NodeJS.ProcessEnv) {
  const port = await freePort()
  const env = { PATH: process.env['PATH'], CLAVIGER_PORT: String(port), CLAVIGER_HOST: '127.0.0.1', ...settings }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', SERVE], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stderr.on('data', (chunk) => {
    printed += chunk
  })
  const origin = `http://127.0.0.1:${port}`
  for (;;) {
    if ((await fetch(`${origin}/healthz`).catch(() => undefined))?.ok) return { child, origin }
    if (child.exitCode !== null) throw new Error(`the server ended: ${printed}`)
    await sleep(20)
  }
}

test('a server that is killed under load has lost none of the users that it answered 201 for', { timeout: 60_000 }, async () => {
  const { location, settings } = await newStore()
  const db = await openDatabase(location)
  const { nodeId, token } = await write(db, async (trx) => {
    const { rootNodeId } = await createEnterprise(trx, { name: 'Example', administrator: 'admin@example.com' }, Date.now())
    const made = await addMethod(trx, rootNodeId, 'test', Date.now())
    await saveMethod(trx, made.method.id, 'test', Date.now())
    return { nodeId: rootNodeId, token: made.token }
  })
  await closeDatabase(db)

  const acknowledged = new Map<string, string>()
  for (let round = 0; round < 2; round++) {
    const { child, origin } = await startServing(settings)
    const dead = once(child, 'close')
    const least = acknowledged.size + 150
    const post = async (userName: string) => {
      const answer = await fetch(`${origin}/scim/v2/${nodeId}/Users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify(oktaUser(userName)),
      })
      const body: unknown = await answer.json()
      expect([answer.status, body]).toEqual([201, expect.objectContaining({ id: expect.any(String), userName })])
      if (typeof body === 'object' && body !== null && 'id' in body) acknowledged.set(userName, String(body.id))
    }
    const directory = async (client: number) => {
      for (let i = 0; ; i++) {
        const broken = await post(`user-${round}-${client}-${i}@example.com`).then(
          () => undefined,
          (error: unknown) => error,
        )
        // An assertion is a failure of the test; anything else is the connection that the dead server left.
        if (broken instanceof Error && broken.name === 'AssertionError') throw broken
        if (broken) return
        if (acknowledged.size >= least) child.kill('SIGKILL')
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, client) => directory(client)))
    await dead
    expect(acknowledged.size).toBeGreaterThanOrEqual(least)
  }

  const again = await openDatabase(location)
  onTestFinished(() => closeDatabase(again))
  const kept = await again.selectFrom('users').select(['id', 'email']).execute()
  const ids = new Map(kept.map(({ id, email }) => [email, id]))
  expect([...acknowledged].filter(([userName, id]) => ids.get(userName) !== id)).toEqual([])
  // Of a request that was cut off there is all or nothing: user, invitation, mail, audit and log lines are as many.
  const users = kept.length - 1
  for (const [table, column, value] of [
    ['outbox', 'state', 'queued'],
    ['audit_log', 'action', 'user.created'],
    ['provisioning_log', 'operation', 'user.create'],
  ] as const) {
    const rows = await again
      .selectFrom(table)
      .select('id')
      .where(column as 'id', '=', value)
      .execute()
    expect([table, rows.length]).toEqual([table, users])
  }
})
