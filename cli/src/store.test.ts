import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Trx } from '@claviger/server/storage/database.ts'
import { closeDatabase, isPostgres, openDatabase } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { write } from '@claviger/server/storage/write.ts'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.ts'
import { describeStore } from './store.ts'
import { environmentOf, newStore, run } from './testing-command.ts'

const commands = [
  'node list',
  'node add --name Sales',
  'method list',
  'users list --node x',
  'users resend x',
  'teams list --node x',
  'log --node x',
]

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-nothing-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('a command in the wrong folder says where it looked and makes no store', async () => {
  const cwd = newFolder()
  for (const command of commands) {
    const { code, out, err } = await run(command.split(' '), { cwd })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(`There is no store at ${join(cwd, 'data', 'claviger.db')}`)
    expect(err).toContain('claviger init')
    expect(err).toContain('--data DIR')
  }
  expect(existsSync(join(cwd, 'data'))).toBe(false)
})

test('a store without tables is not taken for one without users', async () => {
  const location = await emptyStore()
  const { code, out, err } = await run(['node', 'list', '--json'], { env: environmentOf(location) })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(`The store at ${describeStore(location)} has no tables of Claviger.`)
})

test('a store of another version is not touched, and what to run is said', async () => {
  const { db, env } = await newStore()
  const withMigrations = (trx: Trx) => trx.withTables<{ migrations: { name: string } }>()
  await write(db, (trx) =>
    withMigrations(trx).updateTable('migrations').set({ name: '9999-of-the-future' }).where('name', 'like', '0001%').execute(),
  )
  expect((await run(['node', 'list'], { env })).err).toContain('was written by a newer version of Claviger')
  await write(db, (trx) => withMigrations(trx).deleteFrom('migrations').execute())
  const older = await run(['node', 'list'], { env })
  expect(older.code).toBe(1)
  expect(older.err).toContain('claviger migrate')
})

test('a file that is no store, and a database that does not answer, are out of reach', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'claviger.db'), 'this is a letter to grandmother, not a database '.repeat(100))
  const file = await run(['node', 'list', '--data', folder])
  expect(file).toMatchObject({ code: 3, out: '' })
  expect(file.err).toContain('is no database')
  const database = await run(['node', 'list', '--database-url', `postgres://me:secret@127.0.0.1:${await freePort()}/claviger`])
  expect(database).toMatchObject({ code: 3, out: '' })
  expect(database.err).not.toContain('secret')
})

/** A store that exists and has no tables. */
async function emptyStore(): Promise<string> {
  const location = await newTestLocation()
  if (!isPostgres(location)) {
    const path = join(newFolder(), 'claviger.db')
    writeFileSync(path, '')
    return path
  }
  const db = await openDatabase(location)
  await write(db, (trx) => trx.schema.dropTable('migrations').execute())
  await closeDatabase(db)
  return location
}
