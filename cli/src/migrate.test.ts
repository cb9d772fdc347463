import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { expect, onTestFinished, test } from 'vitest'
import { describeStore } from './store.ts'
import { environmentOf, run, runJson } from './testing-command.ts'

test('migrate of a store that is up to date changes nothing and says which store that is', async () => {
  const location = await newTestLocation()
  const env = environmentOf(location)
  expect(await runJson(['migrate'], { env })).toEqual({ migrations: [] })
  const { out } = await run(['migrate'], { env })
  expect(out).toBe(`The store at ${describeStore(location)} is up to date.\n`)
  expect(out).not.toContain('postgres:postgres')
})

test('migrate makes a store that is missing, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-migrate-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'data', 'claviger.db')
  const { out } = await run(['migrate'], { cwd: folder })
  expect(out).toContain(`There was no store at ${path}: made an empty one.`)
  expect(existsSync(path)).toBe(true)
  expect((await run(['node', 'list'], { cwd: folder })).out).toContain('There is no node yet')
})
