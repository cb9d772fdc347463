import { createServer } from 'node:http'
import { isPostgres } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.ts'
import { environmentOf, newInstallation, run, runJson, startServing, textAt } from './testing-command.ts'

test('serve answers, and ends in order when it is told to', async () => {
  const { env } = await newInstallation()
  const server = await startServing(env)
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' })
  process.kill(server.pid, 'SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0 })
})

test('serve on a port that is in use says so and which option chooses another', async () => {
  const { env } = await newInstallation()
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void other.close())
  const { code, err } = await run(['serve', '--port', String(port)], { env })
  expect(code).toBe(1)
  expect(err).toContain(`port ${port} is in use`)
  expect(err).toContain('--port')
})

test('commands beside a server give links to the port it serves, without being told', async () => {
  const location = await newTestLocation()
  if (isPostgres(location)) return
  const env = environmentOf(location)
  const server = await startServing(env)
  const made = await runJson(['init', '--enterprise', 'Example Ltd', '--admin', 'admin@example.com'], { env })
  expect(textAt(made, 'setupUrl')).toMatch(new RegExp(`^${server.url}/setup#`))
  const added = await runJson(['method', 'add', '--node', textAt(made, 'rootNodeId')], { env })
  expect(textAt(added, 'baseUrl')).toBe(`${server.url}/scim/v2/${textAt(made, 'rootNodeId')}`)
  const second = await run(['serve', '--port', String(await freePort())], { env })
  expect(second.code).toBe(1)
  expect(second.err).toContain('another Claviger server is running')
  expect(await runJson(['method', 'list'], { env })).toMatchObject([{ baseUrl: textAt(added, 'baseUrl') }])
  const told = await runJson(['method', 'list'], { env: { ...env, CLAVIGER_PUBLIC_URL: 'https://vault.example.com' } })
  expect(textAt(told, 0, 'baseUrl')).toMatch(/^https:\/\/vault\.example\.com\//)
})

test('a wrong setting keeps the server from starting, and is named', async () => {
  const { env } = await newInstallation()
  const { code, err } = await run(['serve', '--port', '99999'], { env })
  expect(code).toBe(2)
  expect(err).toContain('--port is "99999": give a port from 1 to 65535')
})
