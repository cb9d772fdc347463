import { mkdtempSync } from 'node:fs'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createEnterprise } from '../enterprises/create.ts'
import { AppError } from '../errors.ts'
import { addNode } from '../nodes/nodes.ts'
import { addMethod } from '../provisioning/methods.ts'
import { announce } from '../storage/changes.ts'
import type { Db } from '../storage/database.ts'
import { closeDatabase, openDatabase } from '../storage/open.ts'
import { loadSecret } from '../storage/secrets.ts'
import { lockForServing } from '../storage/server-lock.ts'
import { readSnapshot } from '../storage/snapshot.ts'
import { newTestLocation, openTestStore } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { backUp } from './backup.ts'
import { readBackup } from './read.ts'
import { restore } from './restore.ts'

const NOW = 1_800_000_000_000

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** An enterprise with what is hard to carry: letters of every kind, JSON, and a node that is older than its parent. */
async function fill(db: Db) {
  await loadSecret(db, 'invitations')
  await write(db, async (trx) => {
    const { enterpriseId, rootNodeId } = await createEnterprise(trx, { name: 'Ex\u2028ämple\n"\\', administrator: 'a@example.com' }, NOW)
    const older = await addNode(trx, { name: 'Older', parentId: null }, 'command', NOW)
    const younger = await addNode(trx, { name: 'Younger', parentId: null }, 'command', NOW)
    await trx.updateTable('nodes').set({ parent_id: younger.id }).where('id', '=', older.id).execute()
    await addMethod(trx, rootNodeId, 'command', NOW)
    const resource = JSON.stringify({ name: { familyName: '😀' }, note: 'line\nline' })
    await trx.updateTable('users').set({ resource, external_id: '' }).execute()
    await announce(trx, { enterpriseId, kind: 'node', subjectId: older.id, at: NOW })
  })
}

/** All that a backup carries, by table. */
function everythingIn(location: string) {
  return readSnapshot(location, async ({ tables, pages }) => {
    const found: Record<string, unknown[]> = {}
    for (const table of tables) {
      const rows: unknown[] = []
      for await (const page of pages(table)) rows.push(...page)
      found[table] = rows
    }
    return found
  })
}

async function backedUp() {
  const { db, location } = await openTestStore()
  await fill(db)
  const file = join(newFolder(), 'claviger.backup')
  const result = await backUp(location, file, NOW)
  return { db, location, file, result }
}

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof AppError) return error
  throw error ?? new Error('it was not refused')
}

async function expectEmpty(location: string) {
  const db = await openDatabase(location)
  onTestFinished(() => closeDatabase(db))
  expect(await db.selectFrom('enterprises').select('id').execute()).toEqual([])
  expect(await db.selectFrom('secrets').select('name').execute()).toEqual([])
}

test('a backup that is restored into an empty store gives the same users, nodes, teams, logs and secrets', async () => {
  const { location, file, result } = await backedUp()
  const target = await newTestLocation()
  const restored = await restore(target, file)
  const [before, after] = [await everythingIn(location), await everythingIn(target)]
  expect(after).toEqual(before)
  expect(before['nodes']).toHaveLength(3)
  expect(before['secrets']).toHaveLength(1)
  expect(restored).toEqual({ createdAt: NOW, rows: result.rows })
  expect(result.rows).toMatchObject({ users: 1, nodes: 3, provisioning_tokens: 1 })
})

test('the restored store works on: it can be opened, changed, and its feed starts anew', async () => {
  const { file } = await backedUp()
  const target = await newTestLocation()
  await restore(target, file)
  const db = await openDatabase(target)
  onTestFinished(() => closeDatabase(db))
  await write(db, (trx) => addNode(trx, { name: 'New', parentId: null }, 'command', NOW))
  expect(await db.selectFrom('changes').select('kind').execute()).toEqual([{ kind: 'node' }])
})

test('a backup moves a store from PostgreSQL to SQLite and back', async ({ skip }) => {
  const { location, file } = await backedUp()
  skip(!location.startsWith('postgres'), 'the PostgreSQL run does it')
  const embedded = join(newFolder(), 'new', 'claviger.db')
  await restore(embedded, file)
  const before = await everythingIn(location)
  expect(await everythingIn(embedded)).toEqual(before)
  await backUp(embedded, `${file}.2`, NOW)
  const back = await newTestLocation()
  await restore(back, `${file}.2`)
  expect(await everythingIn(back)).toEqual(before)
})

test('a backup is of one moment, while others write', async () => {
  const { db, location } = await openTestStore()
  // Each write adds to the first table that is read and to the last.
  const pair = (name: string) =>
    write(db, async (trx) => {
      await trx.insertInto('secrets').values({ name, value: 'v' }).execute()
      const subject = { actor: 'x', action: 'x.y', subject_kind: 'user', subject_id: name, detail: '{}' }
      await trx
        .insertInto('audit_log')
        .values({ id: name, enterprise_id: 'e', at: NOW, ...subject })
        .execute()
    })
  await Promise.all(Array.from({ length: 2500 }, (_, i) => pair(`a${i}`)))
  let stop = false
  let written = 0
  const writing = (async () => {
    while (!stop) await pair(`b${written++}`)
  })()
  await expect.poll(() => written).toBeGreaterThan(5)
  const atStart = written
  const { rows } = await backUp(location, join(newFolder(), 'b'), NOW)
  const during = written - atStart
  stop = true
  await writing
  expect(rows['secrets']).toBe(rows['audit_log'])
  expect(rows['secrets']).toBeGreaterThanOrEqual(2500 + atStart - 1)
  expect(during).toBeGreaterThan(0)
})

test('a backup is for its owner only, takes the place of an older one, and leaves nothing else behind', async () => {
  const { location, file } = await backedUp()
  await backUp(location, file, NOW + 1)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readBackup(file, { rows: async () => {} })).header.createdAt).toBe(NOW + 1)
  expect(await readdir(dirname(file))).toEqual(['claviger.backup'])
  const elsewhere = join(newFolder(), 'no', 'such', 'folder')
  await expect(backUp(location, elsewhere, NOW)).rejects.toThrow('ENOENT')
})

test('a store that is in use is not restored into, and stays as it was', async () => {
  const { location, file } = await backedUp()
  const before = await everythingIn(location)
  const { code, message } = await refusalOf(restore(location, file))
  expect([code, message]).toEqual(['conflict', expect.stringContaining('restore into an empty one')])
  expect(await everythingIn(location)).toEqual(before)
})

test('the secrets that an empty store has made for itself give way to those of the backup', async () => {
  const { db, file } = await backedUp()
  const { db: target, location } = await openTestStore()
  const own = await loadSecret(target, 'invitations')
  await restore(location, file)
  expect(await loadSecret(target, 'invitations')).toEqual(await loadSecret(db, 'invitations'))
  expect(await loadSecret(target, 'invitations')).not.toEqual(own)
})

test('a store that a server runs on is not restored into', async ({ skip }) => {
  const { file } = await backedUp()
  const location = await newTestLocation()
  skip(location.startsWith('postgres'), 'nothing tells of the servers of a PostgreSQL store')
  const lock = lockForServing(location)
  onTestFinished(() => lock.release())
  expect((await refusalOf(restore(location, file))).message).toContain('another Claviger server is running')
})

test('a backup whose bytes were altered or cut off anywhere changes nothing', async () => {
  const { file } = await backedUp()
  const bytes = await readFile(file)
  const target = await newTestLocation()
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const at = Math.floor(bytes.length * share)
    const altered = Buffer.from(bytes)
    altered.writeUInt8(altered.readUInt8(at) ^ 0x10, at)
    await writeFile(file, altered)
    expect((await refusalOf(restore(target, file))).message).toMatch(/damaged|incomplete|no backup/)
    await writeFile(file, bytes.subarray(0, at))
    expect((await refusalOf(restore(target, file))).message).toMatch(/incomplete/)
  }
  await expectEmpty(target)
})

test('a backup that was unpacked, edited and packed again is refused, whatever was edited', async () => {
  const { file } = await backedUp()
  const text = gunzipSync(await readFile(file)).toString()
  const target = await newTestLocation()
  const lines = text.trimEnd().split('\n')
  const edits: Record<string, string[]> = {
    'its checksum is another': [text.replace('a@example.com', 'b@example.com')],
    'is missing': [`${lines.slice(0, -1).join('\n')}\n`],
    'more after its end': [`${text}["x"]\n`],
    'should hold': [text.replace(/"nodes":3/, '"nodes":4')],
    damaged: [lines.toSpliced(5, 1).join('\n'), text.replace('\n[', '\n{')],
    'newer version (9.0.0)': [
      text.replace(/"version":"[^"]+"/, '"version":"9.0.0"').replace('"migrations":[', '"migrations":["9999-later",'),
      text.replace(/"format":1,"version":"[^"]+"/, '"format":2,"version":"9.0.0"'),
    ],
    'older version': [text.replace(/"migrations":\[[^\]]+\]/, '"migrations":[]')],
    'no backup of Claviger': ['{"claviger":"something"}\n', 'hello', ''],
  }
  for (const [words, texts] of Object.entries(edits)) {
    for (const edited of texts) {
      await writeFile(file, gzipSync(edited))
      expect((await refusalOf(restore(target, file))).message).toContain(words)
    }
  }
  await expectEmpty(target)
})

test('a file that is not there, a folder, or a file of something else is named for what it is', async () => {
  const target = await newTestLocation()
  const file = join(newFolder(), 'photo.jpg')
  expect((await refusalOf(restore(target, file))).message).toBe(`there is no file ${file}`)
  expect((await refusalOf(restore(target, newFolder()))).message).toContain('is a folder')
  await writeFile(file, 'JFIF')
  expect((await refusalOf(restore(target, file))).message).toBe('this file is no backup of Claviger')
})
