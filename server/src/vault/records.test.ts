import { expect, test } from 'vitest'
import { hashToken, newToken } from '../sessions/sessions.ts'
import { newId } from '../storage/id.ts'
import { keyOf, recordIn, startFolders } from './testing-vault.ts'

const HOUR = 60 * 60 * 1000

async function start() {
  const server = await startFolders()
  const ada = await server.person('ada@example.com')
  return { ...server, ada, folder: await server.folderOf(ada) }
}

test('a request without a session gets nothing of any vault, nor does an automator of people’s vaults', async () => {
  const { origin, folder, write, enterpriseId } = await start()
  const token = newToken('ca_')
  const automator = { id: newId(), enterprise_id: enterpriseId, name: 'Automator', token_hash: hashToken(token), created_at: 1 }
  await write((trx) => trx.insertInto('automators').values(automator).execute())
  for (const path of ['/vault', `/folders/${folder}/records?after=0`, `/folders/${folder}/access`, '/recipients?text=ada']) {
    expect((await fetch(`${origin}/api/v1${path}`)).status).toBe(401)
    expect((await fetch(`${origin}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403)
  }
})

test('records are added all or none', async () => {
  const { ada, folder, add, db } = await start()
  const first = recordIn(folder, ada)
  expect((await add(ada, folder, first)).status).toBe(200)
  expect((await add(ada, folder, recordIn(folder, ada), first)).status).toBe(409)
  expect((await db.selectFrom('records').select('id').execute()).map(({ id }) => id)).toEqual([first.id])
  expect(await db.selectFrom('record_keys').select('record_id').execute()).toEqual([{ record_id: first.id }])
})

test('a record that is not what it is sent as is refused', async () => {
  const { ada, folder, add, person } = await start()
  const grace = await person('grace@example.com')
  const wrong = [
    recordIn(folder, grace),
    recordIn(newId(), ada),
    recordIn(folder, ada, { version: 2 }),
    recordIn(folder, ada, { keyEpoch: 2 }),
    recordIn(folder, ada, { modifiedAt: Date.now() + 25 * HOUR }),
    recordIn(folder, ada, { body: 'A'.repeat(524_292) }),
    recordIn(folder, ada, { body: 'no base64url!' }),
  ]
  for (const record of wrong) expect((await add(ada, folder, record)).status).toBe(400)
  const record = recordIn(folder, ada)
  const ask = (key: object) => ada.ask(`/api/v1/folders/${folder}/records`, { records: [{ record, key }] })
  expect((await ask({ ...keyOf(record), recordId: newId() })).status).toBe(400)
  expect((await ask({ ...keyOf(record), folderId: newId() })).status).toBe(400)
  expect((await ask(keyOf(record, 2))).status).toBe(409)
  expect((await ask(keyOf(record))).status).toBe(200)
})

test('of clients that save the same version at once, one is first and the others change nothing', async () => {
  const { ada, folder, add, put, db } = await start()
  const record = recordIn(folder, ada)
  await add(ada, folder, record)
  const next = Array.from({ length: 8 }, () => recordIn(folder, ada, { id: record.id, version: 2 }))
  const statuses = await Promise.all(next.map((version) => put(ada, version)))
  expect(statuses.toSorted()).toEqual([200, ...Array(7).fill(412)])
  const kept = await db.selectFrom('records').select(['version', 'body']).execute()
  expect(kept).toEqual([{ version: 2, body: next[statuses.indexOf(200)]?.body }])
  expect(await db.selectFrom('record_versions').select('body').execute()).toEqual([{ body: record.body }])
  expect(await put(ada, recordIn(folder, ada, { id: record.id, version: 4 }))).toBe(412)
})

test('the newest hundred versions before the present one are kept, with the keys that they need', async () => {
  const { ada, folder, add, put, db } = await start()
  const { id } = recordIn(folder, ada)
  await add(ada, folder, recordIn(folder, ada, { id }))
  for (let version = 2; version <= 105; version++) {
    const record = recordIn(folder, ada, { id, version, keyEpoch: version })
    expect(await put(ada, record, { key: keyOf(record) })).toBe(200)
  }
  const versions = await db.selectFrom('record_versions').select('version').orderBy('version').execute()
  expect([versions.length, versions[0]?.version, versions.at(-1)?.version]).toEqual([100, 5, 104])
  const keys = await db.selectFrom('record_keys').select('epoch').orderBy('epoch').execute()
  expect([keys.length, keys[0]?.epoch]).toEqual([101, 5])
})

test('a membership that is not active, or a team that is archived, opens nothing', async () => {
  const { ada, folder, add, read, person, team, share, write } = await start()
  const [grace, joan] = [await person('grace@example.com'), await person('joan@example.com')]
  const teamId = await team('Team', [grace], { pending: [joan] })
  const record = recordIn(folder, ada)
  await add(ada, folder, record)
  await share(folder, 'team', teamId, 'edit')
  expect([await read(grace, record.id), await read(joan, record.id)]).toEqual([200, 404])
  expect((await joan.ask('/api/v1/vault')).body).toEqual({ folders: [], people: [] })
  await write((trx) => trx.updateTable('teams').set({ archived_at: 1, status: 'archived' }).where('id', '=', teamId).execute())
  expect(await read(grace, record.id)).toBe(404)
  expect((await grace.ask('/api/v1/vault')).body).toEqual({ folders: [], people: [] })
})

test('who is not on a folder learns nothing of it by any route, not even that it is there', async () => {
  const { ada, folder, add, person } = await start()
  const grace = await person('grace@example.com')
  const record = recordIn(folder, ada)
  await add(ada, folder, record)
  const asked: [string, object?][] = [
    [`/folders/${folder}/records?after=0`],
    [`/folders/${folder}/access`],
    [`/folders/${folder}/rotation`],
    [`/records/${record.id}`],
    [`/records/${record.id}/versions`],
    [`/records/${record.id}/versions/1`],
    [`/records/${record.id}/keys`],
    [`/folders/${folder}/bin`, { act: 'bin' }],
    [`/records/${record.id}/bin`, { act: 'bin' }],
    [`/folders/${folder}/access/remove`, { grantee: { kind: 'user', id: ada.userId } }],
  ]
  for (const [path, body] of asked) expect([path, (await grace.ask(`/api/v1${path}`, body)).status]).toEqual([path, 404])
  expect((await add(grace, folder, recordIn(folder, grace))).status).toBe(404)
})
