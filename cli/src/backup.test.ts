import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { expect, onTestFinished, test } from 'vitest'
import { addTeam, addUser, type Environment, environmentOf, newInstallation, run, runJson, startServing } from './testing-command.ts'

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-backup-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('a backup that is made beside the server, restored into another store, has the users, the links and the methods', async () => {
  const { db, env, nodeId, token } = await newInstallation()
  const ada = await addUser(db, nodeId, 'ada@example.com')
  await addTeam(db, nodeId, 'Operations', [ada.id])
  const server = await startServing(env)
  const file = join(newFolder(), 'claviger.backup')
  const made = await runJson(['backup', file], { env })
  expect(made).toEqual({
    file,
    bytes: statSync(file).size,
    rows: expect.objectContaining({ enterprises: 1, nodes: 2, users: 2, teams: 1 }),
  })

  const other = environmentOf(await newTestLocation())
  expect(await runJson(['restore', file], { env: other })).toMatchObject({ createdAt: expect.stringMatching(/Z$/), rows: { users: 2 } })
  for (const list of ['users list', 'teams list', 'log']) {
    const shown = (where: Environment) =>
      runJson([...list.split(' '), '--node', nodeId], { env: { ...where, CLAVIGER_PUBLIC_URL: server.url } })
    expect(await shown(other)).toEqual(await shown(env))
  }
  const restored = await startServing(other)
  const answer = await fetch(`${restored.url}/scim/v2/${nodeId}/Users`, { headers: { authorization: `Bearer ${token}` } })
  expect(await answer.json()).toMatchObject({ totalResults: 1 })
})

test('in plain words, a backup says where it is and that it is secret; restoring says what came back', async () => {
  const { env } = await newInstallation()
  const file = join(newFolder(), 'claviger.backup')
  const { out } = await run(['backup', file], { env })
  expect(out).toContain(`Wrote ${file}`)
  expect(out).toContain('secrets')
  const restored = await run(['restore', file], { env: environmentOf(await newTestLocation()) })
  expect(restored.out).toMatch(/Restored the backup of .* UTC into .*: 1 enterprises, 2 nodes, 1 users, 0 teams\./)
})

test('a backup is restored into nothing but an empty store', async () => {
  const { env } = await newInstallation()
  const file = join(newFolder(), 'claviger.backup')
  await runJson(['backup', file], { env })
  expect(await run(['restore', file, '--json'], { env })).toMatchObject({ code: 1, out: '' })
})

test('a file that is no backup, is missing, or cannot be written is said to be so', async () => {
  const { env } = await newInstallation()
  const folder = newFolder()
  const other = environmentOf(await newTestLocation())
  expect(await run(['restore', join(folder, 'nothing')], { env: other })).toMatchObject({ code: 1, out: '' })
  writeFileSync(join(folder, 'letter'), 'Dear grandmother')
  expect(await run(['restore', join(folder, 'letter')], { env: other })).toMatchObject({ code: 2, out: '' })
  const nowhere = await run(['backup', join(folder, 'not', 'there')], { env })
  expect(nowhere).toEqual({ code: 2, out: '', err: `error: There is no folder ${join(folder, 'not')} to put the backup into.\n` })
  expect(await run(['backup', folder], { env })).toMatchObject({ code: 1, out: '' })
})

test('a backup in the wrong folder makes neither a backup nor a store', async () => {
  const cwd = newFolder()
  const { code, err } = await run(['backup', 'claviger.backup'], { cwd })
  expect(code).toBe(1)
  expect(err).toContain(`There is no store at ${join(cwd, 'data', 'claviger.db')}`)
  expect([existsSync(join(cwd, 'data')), existsSync(join(cwd, 'claviger.backup'))]).toEqual([false, false])
})
