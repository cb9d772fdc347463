import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openVault } from '@claviger/client/vault/vault.ts'
import { utf8 } from '@claviger/contract/bytes.ts'
import { isPostgres } from '@claviger/server/storage/open.ts'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { TestApi } from './api-server.ts'
import { listening } from './between.ts'
import { codeOf, found, login, passwordOf, startVaults } from './vault-scene.ts'

test('a folder of 10,000 records is opened, and gets its next key in one request while somebody writes in it', {
  timeout: 120_000,
}, async () => {
  const { ada, certified, api } = await startVaults()
  const grace = await certified('grace')
  const [mine, other] = [await openVault(ada), await openVault(ada)]
  const { folderId } = await mine.addFolder('Everything')
  await mine.addRecords(
    folderId,
    Array.from({ length: 10_000 }, (_, n) => login(`Record ${n}`, `password ${n}`)),
  )
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'view')
  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  await other.sync()
  const sizes: number[] = []
  let refusals = 0
  const between: typeof fetch = async (input, init) => {
    if (!String(input).endsWith('/rotate')) return fetch(input, init)
    if (sizes.push(String(init?.body).length) === 1) await other.addRecord(folderId, login('Late', 'came between'))
    const response = await fetch(input, init)
    if (!response.ok) refusals += 1
    return response
  }
  const rotating = await openVault({ ...ada, connection: { ...ada.connection, fetch: between } })
  expect((await rotating.rotateDue()).rotated).toEqual([folderId])
  expect([sizes.length, refusals]).toEqual([2, 1])
  expect(sizes[1]).toBeLessThan(16 * 1024 * 1024)
  const epochs = await api.db.selectFrom('record_keys').select('folder_epoch').distinct().where('folder_id', '=', folderId).execute()
  expect(epochs).toEqual([{ folder_epoch: 2 }])
  const anew = await openVault(ada)
  expect([anew.records().length, anew.refused()]).toEqual([10_001, []])
  const [last] = anew.find('Record 9999')
  expect(last && (await passwordOf(anew, last))).toBe('password 9999')
})

test('a rotation that leaves out a record’s key, or brings another, changes nothing', async () => {
  const { ada, certified, api } = await startVaults()
  const grace = await certified('grace')
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  await mine.addRecords(folderId, [login('One', '1'), login('Two', '2')])
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'view')
  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  const snapshot = async () => [
    await api.db.selectFrom('folders').selectAll().execute(),
    await api.db.selectFrom('folder_access').selectAll().execute(),
    await api.db.selectFrom('record_keys').selectAll().orderBy('record_id').execute(),
  ]
  const before = await snapshot()
  type Body = { recordKeys: { epoch: number }[]; grants: unknown[]; name: { version: number; epoch: number } }
  const lies: ((body: Body) => unknown)[] = [
    (body) => body.recordKeys.pop(),
    (body) => body.recordKeys.push(...body.recordKeys.slice(0, 1)),
    (body) => body.recordKeys.splice(0, 1, ...body.recordKeys.slice(0, 1).map((key) => ({ ...key, epoch: 2 }))),
    (body) => (body.name.version += 1),
    (body) => (body.name.epoch += 1),
  ]
  for (const lie of lies) {
    const between: typeof fetch = (input, init) => {
      if (!String(input).endsWith('/rotate')) return fetch(input, init)
      const body = JSON.parse(String(init?.body))
      lie(body)
      return fetch(input, { ...init, body: JSON.stringify(body) })
    }
    const met = await openVault({ ...ada, connection: { ...ada.connection, fetch: between } })
    expect((await met.rotateDue()).rotated).toEqual([])
    expect(await snapshot()).toEqual(before)
  }
})

test('nothing that a person wrote is to be found in the store, in the server’s log, or on the way', async () => {
  const { ada, api } = await startVaults()
  const { fetch, heard } = listening()
  const vault = await openVault({ ...ada, connection: { ...ada.connection, fetch } })
  const secrets = [
    'zanzibar-folder',
    'zanzibar-title',
    'zanzibar-hint',
    'zanzibar-password',
    'zanzibar-note',
    'zanzibar-file',
    'zanzibar-bytes',
  ]
  const [folder = '', title = '', hint = '', password = '', notes = '', name = '', content = ''] = secrets
  const { folderId } = await vault.addFolder(folder)
  const { recordId } = await vault.addRecord(folderId, {
    meta: { type: 'login', title, hint, urls: [`https://${hint}.example.com`] },
    body: { type: 'login', password, notes },
  })
  await vault.saveRecord(await vault.read(recordId), login(title, `${password} again`))
  await vault.attach(recordId, { name, mediaType: 'text/plain' }, { size: content.length, read: async () => utf8(content) })
  expect(await codeOf(vault.read(recordId))).toBe('accepted')
  const kept = `${await everythingIn(api)}\n${api.log()}\n${heard()}`
  expect(kept).toContain(recordId)
  for (const secret of secrets) for (const spelling of spellingsOf(secret)) expect(kept).not.toContain(spelling)
})

/** A text as it stands in JSON, in base64 at each of the three places where it can begin, and in hexadecimal. */
function spellingsOf(text: string): string[] {
  const shifted = ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + text)
      .toString('base64url')
      .slice(4, -4),
  )
  return [text, Buffer.from(text).toString('hex'), ...shifted]
}

/** The bytes of the store: its files, or every row of every table. */
async function everythingIn({ db, location }: TestApi): Promise<string> {
  if (!isPostgres(location)) {
    const folder = dirname(location)
    return readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join('\n')
  }
  const tables = await sql<{
    name: string
  }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db)
  const rows = tables.rows.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(db))
  return JSON.stringify((await Promise.all(rows)).map((answer) => answer.rows))
}
