import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { ensureRecoveryWrap } from '@claviger/client/account/recovery-wrap.ts'
import { renewRecoveryCode } from '@claviger/client/account/renew-recovery-code.ts'
import { startTotp } from '@claviger/client/account/second-factors.ts'
import { call } from '@claviger/client/api/call.ts'
import { binFolder } from '@claviger/contract/api/vault.ts'
import { deleteUser } from '@claviger/server/users/delete.ts'
import { purgeRetained } from '@claviger/server/users/purge.ts'
import { expect, test } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { certify } from './certify.ts'
import { quickAda, quickPerson } from './people.ts'
import { addNoteFolder, readNotes, shareWith } from './personal-folder.ts'

const DAY = 24 * 60 * 60 * 1000

async function start() {
  const api = await startApi()
  const ada = await quickAda(api)
  const people = []
  for (const name of ['joan', 'grace', 'eve']) people.push(await quickPerson(api, `${name}@example.com`))
  const [joan, grace, eve] = people
  if (!joan || !grace || !eve) throw new Error('three people are needed')
  await certify(ada, ...people)
  return { api, ada, joan, grace, eve }
}

const idOf = ({ owner: { userId } }: OpenAccount) => userId
const remove = (api: TestApi, person: OpenAccount) => api.write((trx) => deleteUser(trx, api.scope(), idOf(person)))

/** As the job runs it, 91 days on. */
async function purge({ write }: TestApi) {
  while ((await write((trx) => purgeRetained(trx, Date.now() + 91 * DAY))) > 0);
}

/** The tables in which a text occurs anywhere. */
async function tablesWith({ db }: TestApi, text: string) {
  const found = []
  for (const { name } of await db.introspection.getTables()) {
    const rows = await db
      .selectFrom(name as 'users')
      .selectAll()
      .execute()
    if (rows.some((row) => JSON.stringify(row).includes(text))) found.push(name)
  }
  return found.toSorted()
}

test('when the retention of somebody ends, everything of the account is gone but what tells of it', async () => {
  const { api, joan, grace } = await start()
  await ensureRecoveryWrap(joan, [])
  await renewRecoveryCode(joan)
  await startTotp(joan, 'Phone')
  const { folderId, recordId } = await addNoteFolder(joan, 'Letters', 'dear Grace')
  await readNotes(joan)
  await addNoteFolder(grace, 'Hers', 'mine')
  expect((await tablesWith(api, idOf(joan))).length).toBeGreaterThan(8)
  await remove(api, joan)
  await purge(api)
  expect(await tablesWith(api, idOf(joan))).toEqual(['audit_log', 'changes'])
  const statements = await api.db.selectFrom('enterprise_log').select('statement').execute()
  const said = statements.map(({ statement }) => Buffer.from(statement, 'base64url').toString())
  expect(said.filter((statement) => statement.includes(idOf(joan)))).toHaveLength(1)
  expect(await tablesWith(api, 'joan@example.com')).toEqual(['audit_log'])
  expect(await tablesWith(api, folderId)).toEqual(['audit_log', 'changes'])
  expect((await tablesWith(api, recordId)).filter((name) => name !== 'audit_log')).toEqual([])
  expect(await readNotes(grace)).toEqual([{ name: 'Hers', role: 'owner', notes: ['mine'] }])
})

test('a shared folder lives on, and who may do most in it owns it from then on', async () => {
  const { api, joan, grace, eve } = await start()
  const { key, folderId } = await addNoteFolder(joan, 'Work', 'the safe is 4711')
  await shareWith(joan, key, idOf(eve), 'view')
  await shareWith(joan, key, idOf(grace), 'manage')
  await readNotes(joan)
  await remove(api, joan)
  await purge(api)
  expect(await readNotes(grace)).toEqual([{ name: 'Work', role: 'owner', notes: ['the safe is 4711'] }])
  expect(await readNotes(eve)).toEqual([{ name: 'Work', role: 'view', notes: ['the safe is 4711'] }])
  const folder = await api.db.selectFrom('folders').selectAll().where('id', '=', folderId).executeTakeFirstOrThrow()
  expect(folder).toMatchObject({ owner_id: idOf(grace), rotation_due: 1 })
  expect(await api.db.selectFrom('records').select('change_due').execute()).toEqual([{ change_due: 1 }])
})

test('a shared folder that its owner had put into the bin goes with them', async () => {
  const { api, joan, grace } = await start()
  const { key, folderId } = await addNoteFolder(joan, 'Old', 'not needed')
  await shareWith(joan, key, idOf(grace), 'manage')
  await call(joan.connection, binFolder, { folder: folderId, act: 'bin' })
  await remove(api, joan)
  await purge(api)
  expect(await api.db.selectFrom('folders').selectAll().execute()).toEqual([])
})

test('where only somebody who is deleted too, but not as long, can open a folder, it waits for them', async () => {
  const { api, joan, grace, eve } = await start()
  const { key, folderId } = await addNoteFolder(joan, 'Ours', 'the safe is 4711')
  await shareWith(joan, key, idOf(grace), 'view')
  await remove(api, joan)
  await remove(api, grace)
  const later = Date.now() + 30 * DAY
  await api.write((trx) => trx.updateTable('users').set({ deleted_at: later }).where('id', '=', idOf(grace)).execute())
  await purge(api)
  const { owner_id: owner } = await api.db.selectFrom('folders').select('owner_id').where('id', '=', folderId).executeTakeFirstOrThrow()
  expect(owner).toBe(idOf(grace))
  expect(await readNotes(eve)).toEqual([])
})

test('what was shared with somebody who is purged stays its owner’s, and gets a new key', async () => {
  const { api, joan, grace } = await start()
  const { key } = await addNoteFolder(grace, 'Work', 'the safe is 4711')
  await shareWith(grace, key, idOf(joan), 'edit')
  await readNotes(joan)
  await remove(api, joan)
  await purge(api)
  expect(await readNotes(grace)).toEqual([{ name: 'Work', role: 'owner', notes: ['the safe is 4711'] }])
  const access = await api.db.selectFrom('folder_access').select('grantee_id').execute()
  expect(access).toEqual([{ grantee_id: idOf(grace) }])
  expect(await api.db.selectFrom('folders').select('rotation_due').execute()).toEqual([{ rotation_due: 1 }])
})

test('many folders, and several people who shared among themselves, go in several parts', async () => {
  const { api, joan, grace } = await start()
  for (let n = 0; n < 12; n++) await addNoteFolder(joan, `Folder ${n}`, 'x')
  const { key } = await addNoteFolder(joan, 'Ours', 'y')
  await shareWith(joan, key, idOf(grace), 'manage')
  await remove(api, joan)
  await remove(api, grace)
  await purge(api)
  for (const table of ['folders', 'records', 'record_keys', 'folder_access'] as const) {
    expect(await api.db.selectFrom(table).selectAll().execute()).toEqual([])
  }
})
