import { expect, test } from 'vitest'
import { markOpened } from './mark-opened.ts'
import { keyOf, recordIn, startFolders } from './testing-vault.ts'

async function start() {
  const server = await startFolders()
  const [ada, grace] = [await server.person('ada@example.com'), await server.person('grace@example.com')]
  const folder = await server.folderOf(ada)
  const [opened, unopened] = [recordIn(folder, ada), recordIn(folder, ada)]
  await server.add(ada, folder, opened, unopened)
  return { ...server, ada, grace, folder, opened, unopened }
}

test('what a person opened is marked when they go, once, and nothing else', async () => {
  const { ada, grace, folder, opened, unopened, share, read, dueOf, write } = await start()
  await share(folder, 'user', grace.userId, 'view')
  await grace.ask(`/api/v1/folders/${folder}/records?after=0`)
  expect(await read(grace, opened.id)).toBe(200)
  expect(await read(ada, unopened.id)).toBe(200)
  const leave = () => write((trx) => markOpened(trx, { folderIds: [folder] }, [grace.userId], Date.now()))
  expect(await leave()).toBe(1)
  expect([await dueOf(opened.id), await dueOf(unopened.id)]).toEqual([1, 0])
  expect(await leave()).toBe(0)
})

test('a member who leaves a team has marked what they opened in its folders, and not elsewhere', async () => {
  const { ada, grace, folder, opened, team, share, read, dueOf, write, folderOf, add, db } = await start()
  const teamId = await team('Team', [grace])
  const other = await folderOf(ada)
  const elsewhere = recordIn(other, ada)
  await add(ada, other, elsewhere)
  await share(folder, 'team', teamId, 'view')
  await share(other, 'user', grace.userId, 'view')
  for (const { id } of [opened, elsewhere]) expect(await read(grace, id)).toBe(200)
  const before = await db.selectFrom('folders').select('revision').where('id', '=', folder).executeTakeFirstOrThrow()
  expect(await write((trx) => markOpened(trx, { teamIds: [teamId] }, [grace.userId], Date.now()))).toBe(1)
  expect([await dueOf(opened.id), await dueOf(elsewhere.id)]).toEqual([1, 0])
  const [row] = await db.selectFrom('records').select('revision').where('id', '=', String(opened.id)).execute()
  expect(row?.revision).toBe(before.revision + 1)
})

test('a record that is due takes no version under its old key, and is settled by a client that says so', async () => {
  const { ada, grace, folder, opened, share, read, put, dueOf, write } = await start()
  await share(folder, 'user', grace.userId, 'view')
  await read(grace, opened.id)
  await write((trx) => markOpened(trx, { folderIds: [folder] }, [grace.userId], Date.now()))
  const { id } = opened
  expect(await put(ada, recordIn(folder, ada, { id, version: 2 }))).toBe(409)
  const second = recordIn(folder, ada, { id, version: 2, keyEpoch: 2 })
  expect(await put(ada, second, { key: keyOf(second) })).toBe(200)
  expect(await dueOf(id)).toBe(1)
  const third = recordIn(folder, ada, { id, version: 3, keyEpoch: 3 })
  expect(await put(ada, third, { key: keyOf(third), settled: true })).toBe(200)
  expect(await dueOf(id)).toBe(0)
  expect(await put(ada, recordIn(folder, ada, { id, version: 4, keyEpoch: 3 }))).toBe(200)
})

test('who opens a record while they are taken off its folder is refused, or the record is marked', async () => {
  const { ada, grace, folder, add, share, read, dueOf } = await start()
  const outcomes = new Set<string>()
  for (let round = 0; round < 25; round++) {
    await share(folder, 'user', grace.userId, 'view')
    const record = recordIn(folder, ada)
    await add(ada, folder, record)
    const remove = () => ada.ask(`/api/v1/folders/${folder}/access/remove`, { grantee: { kind: 'user', id: grace.userId } })
    const [status, removed] = await Promise.all(
      round % 2 === 0 ? [read(grace, record.id), remove()] : swap(remove(), read(grace, record.id)),
    )
    expect(removed.status).toBe(200)
    outcomes.add(`${status} ${await dueOf(record.id)}`)
  }
  expect([...outcomes].filter((outcome) => outcome !== '200 1' && outcome !== '404 0')).toEqual([])
})

function swap<A, B>(first: A, second: B): [B, A] {
  return [second, first]
}
