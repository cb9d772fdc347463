import { openAccount } from '@claviger/client/account/open.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { ensureRecoveryWrap } from '@claviger/client/account/recovery-wrap.ts'
import { transferVault } from '@claviger/client/account/transfer.ts'
import { call } from '@claviger/client/api/call.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { me } from '@claviger/contract/api/accounts.ts'
import { listNotices } from '@claviger/contract/api/notices.ts'
import { openVaultOfLeaver, transferVault as transferRoute } from '@claviger/contract/api/transfer.ts'
import { createUser } from '@claviger/server/users/create.ts'
import { deleteUser } from '@claviger/server/users/delete.ts'
import { expect, test } from 'vitest'
import { ADA, startApi, type TestApi } from './api-server.ts'
import { certify } from './certify.ts'
import { quickAda, quickPerson } from './people.ts'
import { addNoteFolder, readNotes, shareWith } from './personal-folder.ts'
import { answering } from './playing-server.ts'

const JOAN = 'joan@example.com'

/** Joan has two folders, and Grace is to get them. Ada holds the recovery key. */
async function start() {
  const api = await startApi()
  const ada = await quickAda(api)
  const [joan, grace] = [await quickPerson(api, JOAN), await quickPerson(api, 'grace@example.com')]
  await certify(ada, joan, grace)
  await ensureRecoveryWrap(joan, [])
  const work = await addNoteFolder(joan, 'Work', 'the safe is 4711')
  await addNoteFolder(joan, 'Letters', 'dear Grace')
  return { api, ada, joan, grace, work }
}

const idOf = ({ owner: { userId } }: OpenAccount) => userId
const setStatus = ({ write }: TestApi, person: OpenAccount, status: 'locked' | 'active') =>
  write((trx) => trx.updateTable('users').set({ status }).where('id', '=', idOf(person)).execute())
const remove = (api: TestApi, person: OpenAccount) => api.write((trx) => deleteUser(trx, api.scope(), idOf(person)))
const noticesOf = async ({ db }: TestApi, person: OpenAccount) =>
  (await db.selectFrom('notices').select(['kind', 'detail']).where('user_id', '=', idOf(person)).execute()).map(({ kind, detail }) => ({
    kind,
    ...JSON.parse(detail),
  }))
const mailedTo = async ({ db }: TestApi) =>
  (await db.selectFrom('outbox').select('recipient').where('notice_id', 'is not', null).orderBy('id').execute()).map((row) => row.recipient)

const both = [
  { name: 'Work', role: 'owner', notes: ['the safe is 4711'] },
  { name: 'Letters', role: 'owner', notes: ['dear Grace'] },
]

test.each(['locked', 'deleted'])('the folders of somebody who is %s go to another person, who reads them; both are told', async (state) => {
  const { api, ada, joan, grace } = await start()
  if (state === 'locked') await setStatus(api, joan, 'locked')
  else await remove(api, joan)
  expect(await transferVault(ada, idOf(joan), idOf(grace))).toEqual({ folders: 2, left: [] })
  expect(await readNotes(grace)).toEqual(both)
  expect(await noticesOf(api, grace)).toEqual([{ kind: 'vault-transferred-to-you', by: ADA, person: JOAN, folders: 2 }])
  expect(await noticesOf(api, joan)).toEqual([{ kind: 'vault-transferred-from-you', by: ADA, person: 'grace@example.com', folders: 2 }])
  expect(await mailedTo(api)).toEqual(state === 'locked' ? ['grace@example.com', JOAN] : ['grace@example.com'])
  const folders = await api.db.selectFrom('folders').select(['owner_id', 'rotation_due']).execute()
  expect(folders).toEqual(Array(2).fill({ owner_id: idOf(grace), rotation_due: 1 }))
  const actions = (await api.db.selectFrom('audit_log').select(['action', 'actor']).orderBy('id').execute()).filter(({ action }) =>
    /transferred|opened-by/.test(action),
  )
  expect(new Set(actions.map(({ actor }) => actor))).toEqual(new Set([`user:${idOf(ada)}`]))
  expect(actions.map(({ action }) => action)).toEqual([
    'user.opened-by-recovery-key',
    'folder.transferred',
    'folder.transferred',
    'user.vault-transferred',
  ])
})

test('a second transfer is refused, and of two at once one goes through', async () => {
  const { api, ada, joan, grace } = await start()
  const eve = await quickPerson(api, 'eve@example.com')
  await certify(ada, eve)
  await setStatus(api, joan, 'locked')
  const outcomes = await Promise.all([grace, eve].map((to) => outcome(() => transferVault({ ...ada }, idOf(joan), idOf(to)))))
  expect(outcomes.toSorted()).toEqual(['accepted', 'conflict'])
  expect(await outcome(() => transferVault(ada, idOf(joan), idOf(eve)))).toBe('conflict')
  const owners = await api.db.selectFrom('folders').select('owner_id').distinct().execute()
  expect(owners).toHaveLength(1)
})

test('a transfer that is sent again changes nothing', async () => {
  const { api, ada, joan, grace } = await start()
  await setStatus(api, joan, 'locked')
  const sent: unknown[] = []
  const copying: typeof fetch = (input, init) => {
    if (String(input).endsWith('/vault/transfer')) sent.push(JSON.parse(String(init?.body)))
    return fetch(input, init)
  }
  await transferVault({ ...ada, connection: { ...ada.connection, fetch: copying } }, idOf(joan), idOf(grace))
  const [first] = sent
  const replayed = transferRoute.input.parse({ ...Object(first), userId: idOf(joan) })
  expect(await outcome(() => call(ada.connection, transferRoute, replayed))).toBe('conflict')
  expect(await noticesOf(api, grace)).toHaveLength(1)
})

test('whoever is still here keeps their vault', async () => {
  const { api, ada, joan, grace } = await start()
  expect(await outcome(() => transferVault(ada, idOf(joan), idOf(grace)))).toBe('conflict')
  await setStatus(api, joan, 'locked')
  const unlocking: typeof fetch = async (input, init) => {
    if (String(input).endsWith('/vault/transfer')) await setStatus(api, joan, 'active')
    return fetch(input, init)
  }
  const hurried = { ...ada, connection: { ...ada.connection, fetch: unlocking } }
  expect(await outcome(() => transferVault(hurried, idOf(joan), idOf(grace)))).toBe('conflict')
  expect(await readNotes(joan)).toEqual(both)
})

test('a vault goes to certified, active people only, and by administrators who may recover', async () => {
  const { api, ada, joan, grace } = await start()
  const eve = await quickPerson(api, 'eve@example.com')
  await setStatus(api, joan, 'locked')
  expect(await outcome(() => transferVault(ada, idOf(joan), idOf(eve)))).toBe('uncertified')
  expect(await outcome(() => transferVault(ada, idOf(joan), idOf(joan)))).toBe('invalid_value')
  expect(await outcome(() => transferVault(grace, idOf(joan), idOf(grace)))).toBe('not_found')
  const role = { user_id: idOf(grace), node_id: api.rootNodeId, role: 'full' as const, created_at: 1 }
  await api.write((trx) => trx.insertInto('administrators').values(role).execute())
  expect(await outcome(() => transferVault(grace, idOf(joan), idOf(grace)))).toBe('forbidden')
  await setStatus(api, grace, 'locked')
  expect(await outcome(() => transferVault(ada, idOf(joan), idOf(grace)))).toBe('conflict')
})

test('a server that names another identity for the leaver, or hides a folder’s key, hands over nothing of it', async () => {
  const { api, ada, joan, grace, work } = await start()
  await setStatus(api, joan, 'locked')
  const path = `/api/v1/users/${idOf(joan)}/vault/open`
  const over = (fetch: typeof globalThis.fetch): OpenAccount => ({ ...ada, connection: { ...ada.connection, fetch } })
  const { identity } = await call(grace.connection, me, {})
  const swapped = answering(path, (answer) => ({ ...answer, identity }))
  expect(await outcome(() => transferVault(over(swapped), idOf(joan), idOf(grace)))).toBe('swapped_key')
  const mixed = answering(path, (answer) => {
    const { folders } = openVaultOfLeaver.answer.parse(answer)
    return { ...answer, folders: folders.map((folder, at) => ({ ...folder, way: folders[(at + 1) % folders.length]?.way })) }
  })
  expect(await outcome(() => transferVault(over(mixed), idOf(joan), idOf(grace)))).toBe('cannot_open')
  const bent = answering(path, (answer) => ({
    ...answer,
    folders: openVaultOfLeaver.answer
      .parse(answer)
      .folders.map((folder) => (folder.folderId === work.folderId ? { ...folder, epoch: 2 } : folder)),
  }))
  const partly = await transferVault(over(bent), idOf(joan), idOf(grace))
  expect(partly).toMatchObject({ folders: 1, left: [{ folderId: work.folderId }] })
  expect(await transferVault(ada, idOf(joan), idOf(grace))).toEqual({ folders: 1, left: [] })
  expect((await readNotes(grace)).map(({ name }) => name).toSorted()).toEqual(['Letters', 'Work'])
})

test('a folder that the leaver shared stays with those who have it, under its new owner', async () => {
  const { api, ada, joan, grace, work } = await start()
  const eve = await quickPerson(api, 'eve@example.com')
  await certify(ada, eve)
  await refreshLog(joan)
  await shareWith(joan, work.key, idOf(eve), 'edit')
  await shareWith(joan, work.key, idOf(grace), 'view')
  await setStatus(api, joan, 'locked')
  await transferVault(ada, idOf(joan), idOf(grace))
  expect((await readNotes(eve)).map(({ name, role }) => [name, role])).toEqual([['Work', 'edit']])
  expect((await readNotes(grace)).map(({ name, role }) => [name, role])).toEqual([
    ['Work', 'owner'],
    ['Letters', 'owner'],
  ])
})

test('what the leaver had opened is marked: they know it', async () => {
  const { api, ada, joan, grace, work } = await start()
  await readNotes(joan)
  await setStatus(api, joan, 'locked')
  await transferVault(ada, idOf(joan), idOf(grace))
  const marked = await api.db.selectFrom('records').select('id').where('change_due', '=', 1).execute()
  expect(marked.map(({ id }) => id)).toContain(work.recordId)
})

test('somebody whom the directory brings back after the transfer has the account, and no folders; they read why', async () => {
  const { api, ada, joan, grace } = await start()
  await remove(api, joan)
  await transferVault(ada, idOf(joan), idOf(grace))
  const person = { userName: JOAN, externalId: null, displayName: null, primaryEmail: null, active: true, resource: '{}' }
  const { user } = await api.write((trx) => createUser(trx, api.scope(), person, 'warn'))
  expect(user).toMatchObject({ id: idOf(joan), status: 'active' })
  await api.write((trx) => trx.updateTable('sessions').set({ ended_at: null }).where('user_id', '=', idOf(joan)).execute())
  const back = await openAccount(joan.store)
  expect(await readNotes(back)).toEqual([])
  const { notices } = await call(back.connection, listNotices, {})
  expect(notices.map(({ kind }) => kind)).toEqual(['vault-transferred-from-you'])
  await addNoteFolder(back, 'New start', 'hello')
  expect((await readNotes(back)).map(({ name }) => name)).toEqual(['New start'])
  expect(await readNotes(grace)).toEqual(both)
})
