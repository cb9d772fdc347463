import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.ts'
import { BINARY, newInstallation, olderNode, runBinary, runJson, startCommand } from './testing-command.ts'

const node = olderNode()

test('the running Node says nothing of its own on standard error', async () => {
  const { env } = await newInstallation()
  expect(await runBinary(['node', 'list', '--json'], { env })).toMatchObject({ code: 0, err: '' })
})

test.skipIf(node === undefined)("run by the system's older Node, it runs on the one that npm installed", async () => {
  const { env } = await newInstallation()
  expect(await runJson(['node', 'list'], { env, node: node ?? '' })).toMatchObject([{ name: 'Example Ltd' }, { name: 'Staff' }])
  expect(await runBinary(['node', 'add', '--name', 'Staff'], { env, node: node ?? '' })).toMatchObject({ code: 1, out: '' })
  expect(await runBinary(['nonsense'], { env, node: node ?? '' })).toMatchObject({ code: 2, out: '' })
})

test.skipIf(node === undefined)('a signal to the launcher ends the server in order', async () => {
  const { env } = await newInstallation()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const port = await freePort()
    const server = startCommand(['serve', '--port', String(port), '--log-level', 'info'], { env, node: node ?? '' })
    await server.wrote(`:${port}\n`)
    server.send(signal)
    const { code, err } = await server.ended
    expect(code).toBe(0)
    expect(err).toContain('stopped')
  }
})

test.skipIf(node === undefined)('without any Node 24 it says what to install', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'claviger-launcher-')))
  onTestFinished(() => rm(folder, { recursive: true }))
  cpSync(dirname(BINARY), join(folder, 'bin'), { recursive: true })
  cpSync(join(dirname(BINARY), '..', 'package.json'), join(folder, 'package.json'))
  const act = () => execFileSync(node ?? '', [join(folder, 'bin', 'claviger.js'), 'serve'], { stdio: 'pipe' })
  expect(act).toThrow(/Claviger needs Node 24 or newer, and this is \d+\..*npm ci/s)
})
