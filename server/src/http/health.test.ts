import { type AddressInfo, createServer } from 'node:net'
import { fastify } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { closeDatabase, openDatabase } from '../storage/open.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { healthRoutes } from './health.ts'

async function openHealth(db: Awaited<ReturnType<typeof openDatabase>>, withinMillis?: number) {
  const app = fastify()
  healthRoutes(app, db, withinMillis)
  onTestFinished(() => app.close())
  return app
}

/** A server that takes connections and never answers, as a database behind a broken network does. */
async function openSilentServer() {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => void server.close()
  onTestFinished(close)
  return { port: (server.address() as AddressInfo).port, close }
}

test('a server whose database answers is ready', async () => {
  const app = await openHealth(await openTestDatabase())
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok' })
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' })
})

test('a server whose database does not answer is alive but not ready, says why, and does not hang', async () => {
  const db = await openDatabase(`postgres://u:secret@127.0.0.1:${(await openSilentServer()).port}/x`)
  const app = await openHealth(db, 200)
  const ready = await app.inject('/readyz')
  expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'unavailable', reason: 'the database has not answered for 0.2 s' }])
  expect((await app.inject('/healthz')).statusCode).toBe(200)
})

test('a server whose database refuses is not ready, and does not tell strangers its name', async () => {
  const nobody = await openSilentServer()
  nobody.close()
  const db = await openDatabase(`postgres://u:secret@127.0.0.1:${nobody.port}/x`)
  onTestFinished(() => closeDatabase(db))
  const { statusCode, body } = await (await openHealth(db)).inject('/readyz')
  expect(statusCode).toBe(503)
  expect(body).not.toMatch(/postgres|secret|127\.0\.0\.1/)
})
