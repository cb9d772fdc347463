import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPostgres } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { expect, onTestFinished, test } from 'vitest'
import { environmentOf, run, runJson } from './testing-command.ts'

const ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const wanted = ['init', '--enterprise', 'Example Ltd', '--admin', 'admin@example.com']

test('init makes an enterprise and answers with its ids and the link to set it up', async () => {
  const env = { ...environmentOf(await newTestLocation()), CLAVIGER_PUBLIC_URL: 'https://vault.example.com' }
  expect(await runJson(wanted, { env })).toEqual({
    enterpriseId: ID,
    rootNodeId: ID,
    setupUrl: expect.stringMatching(/^https:\/\/vault\.example\.com\/setup#[\w.-]{80}$/),
  })
})

test('init in plain words says whom to give the link, and what comes next', async () => {
  const env = environmentOf(await newTestLocation())
  const { code, out } = await run(wanted, { env })
  expect(code).toBe(0)
  expect(out).toContain('Made the enterprise Example Ltd.')
  expect(out).toContain('http://localhost:8080/setup#')
  expect(out).toContain('admin@example.com')
  expect(out).toContain('claviger node add')
})

test('init makes the embedded store where there is none yet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-init-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const data = join(folder, 'not', 'there', 'yet')
  await runJson([...wanted, '--data', data])
  const nodes = await runJson(['node', 'list', '--data', data])
  expect(nodes).toMatchObject([{ name: 'Example Ltd', parentId: null, users: 1, teams: 0 }])
})

test('a second enterprise of the same name is refused, however it is spelt, and nothing is changed', async () => {
  const env = environmentOf(await newTestLocation())
  await runJson(wanted, { env })
  const { code, out, err } = await run(['init', '--enterprise', ' example LTD ', '--admin', 'other@example.com', '--json'], { env })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain('Example Ltd already')
  expect(err).toContain('claviger users resend EMAIL')
  expect(await runJson(['node', 'list'], { env })).toHaveLength(1)
})

test('an administrator whose address is none, or belongs to a user, is refused', async () => {
  const env = environmentOf(await newTestLocation())
  const misspelt = await run(['init', '--enterprise', 'Example Ltd', '--admin', 'admin.example.com'], { env })
  expect(misspelt).toEqual({ code: 2, out: '', err: 'error: admin.example.com is not an e-mail address\n' })
  await runJson(wanted, { env })
  const taken = await run(['init', '--enterprise', 'Another', '--admin', 'Admin@example.com'], { env })
  expect(taken.code).toBe(1)
  expect(taken.err).toContain('Admin@example.com belongs to another user')
  expect(await runJson(['node', 'list'], { env })).toHaveLength(1)
})

test('a wrong setting is named, with where it came from and what to change', async () => {
  const location = await newTestLocation()
  const { code, out, err } = await run(wanted, { env: { ...environmentOf(location), CLAVIGER_PUBLIC_URL: 'vault.example.com' } })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain('CLAVIGER_PUBLIC_URL is "vault.example.com"')
})

test('a folder that is given beside a PostgreSQL store is said to be unused', async () => {
  const location = await newTestLocation()
  if (!isPostgres(location)) return
  const { code, err } = await run([...wanted, '--data', join(tmpdir(), 'never-made')], { env: environmentOf(location) })
  expect(code).toBe(0)
  expect(err).toContain('--data is not used')
})
