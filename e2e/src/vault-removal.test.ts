import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { loadKeyring } from '@claviger/client/approvals/keyring.ts'
import { makeIdentity } from '@claviger/client/keys/identity.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import { rotateDueFolders } from '@claviger/client/vault/rotate.ts'
import { openVault } from '@claviger/client/vault/vault.ts'
import { readRotation } from '@claviger/contract/api/vault.ts'
import type { FolderId } from '@claviger/contract/ids.ts'
import { deleteUser } from '@claviger/server/users/delete.ts'
import { restoreUser } from '@claviger/server/users/restore.ts'
import { expect, test } from 'vitest'
import type { TestApi } from './api-server.ts'
import { approve } from './approval-scene.ts'
import { codeOf, found, login, passwordOf, startVaults, titlesOf } from './vault-scene.ts'

const folderRow = ({ db }: TestApi, folderId: FolderId) =>
  db.selectFrom('folders').select(['key_epoch', 'rotation_due', 'revision']).where('id', '=', folderId).executeTakeFirstOrThrow()

async function rotateAs(account: OpenAccount): Promise<number> {
  const approver = approverOf(account)
  return rotateDueFolders(approver, await loadKeyring(approver), { root: account.root, owner: account.owner })
}

test('a person taken off a folder reads nothing at once; its key changes, and what they opened is due for a change', async () => {
  const { ada, certified, api } = await startVaults()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const [opened, unopened] = await mine.addRecords(folderId, [login('Root', 'one'), login('Backup', 'two')])
  if (!opened || !unopened) throw new Error('two records were added')
  for (const name of ['grace', 'joan']) await mine.share(folderId, { person: await found(mine, `${name}@example.com`) }, 'edit')
  const theirs = await openVault(grace)
  await theirs.read(opened.recordId)

  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  expect(await codeOf(theirs.read(opened.recordId))).toBe('not_found')
  expect(await titlesOf(grace)).toEqual([])
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 1, rotation_due: 1 })
  await mine.sync()
  expect(mine.records().map(({ meta, changeDue }) => [meta.title, changeDue])).toEqual([
    ['Backup', false],
    ['Root', true],
  ])
  const keyBefore = mine.folders()[0]?.key.secret.reveal()
  expect(await mine.rotateDue()).toEqual({ rotated: [folderId], skipped: [] })
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  expect(mine.folders()[0]?.key.secret.reveal()).not.toEqual(keyBefore)
  expect(mine.refused()).toEqual([])
  const left = await api.db.selectFrom('folder_access').select(['grantee_id', 'folder_epoch']).execute()
  expect(left.map(({ grantee_id, folder_epoch }) => [grantee_id, folder_epoch]).toSorted()).toEqual(
    [
      [ada.owner.userId, 2],
      [joan.owner.userId, 2],
    ].toSorted(),
  )
  const others = await openVault(joan)
  expect(await passwordOf(others, opened)).toBe('one')
})

test('what is written after somebody left is sealed with keys that they never could have had', async () => {
  const { ada, certified } = await startVaults()
  const grace = await certified('grace')
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const [opened, unopened] = await mine.addRecords(folderId, [login('Root', 'one'), login('Backup', 'two')])
  if (!opened || !unopened) throw new Error('two records were added')
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'edit')
  const theirs = await openVault(grace)
  await theirs.read(opened.recordId)
  const had = theirs.records().map(({ key }) => Buffer.from(key.secret.reveal()).toString('hex'))
  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  await mine.sync()
  // Before the folder rotates: the one that she opened. Only another password settles it.
  await mine.saveRecord(await mine.read(opened.recordId), login('Root renamed', 'one'))
  await mine.sync()
  expect(mine.find('Root')).toMatchObject([{ changeDue: true, key: { epoch: 2 } }])
  await mine.saveRecord(await mine.read(opened.recordId), login('Root', 'new'))
  await mine.rotateDue()
  await mine.saveRecord(await mine.read(unopened.recordId), login('Backup', 'new'))
  await mine.sync()
  expect(mine.records().map(({ changeDue }) => changeDue)).toEqual([false, false])
  for (const { key } of mine.records()) expect(had).not.toContain(Buffer.from(key.secret.reveal()).toString('hex'))
  // Once the folder has a key, a record keeps its own again.
  const epoch = mine.find('Backup')[0]?.key.epoch
  await mine.saveRecord(await mine.read(unopened.recordId), login('Backup', 'newer'))
  expect(mine.find('Backup')[0]?.key.epoch).toBe(epoch)
})

test('a save that does not know yet that somebody left is done again with another key', async () => {
  const { ada, certified } = await startVaults()
  const grace = await certified('grace')
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const { recordId } = await mine.addRecord(folderId, login('Root', 'one'))
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'edit')
  await (await openVault(grace)).read(recordId)
  const elsewhere = await openVault(ada)
  const before = await elsewhere.read(recordId)
  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  await mine.rotateDue()
  expect(await elsewhere.saveRecord(before, login('Root', 'two'))).toMatchObject({
    kind: 'saved',
    record: { version: 2, changeDue: false },
  })
  expect(elsewhere.records()[0]?.key.epoch).toBe(2)
  await mine.sync()
  expect(await passwordOf(mine, { recordId })).toBe('two')
})

test('a member removed from a team loses its folders at once; team and folders get keys that the leaver never had', async () => {
  const { ada, certified, activeTeam, removeFrom, api } = await startVaults()
  const [grace, joan, owner] = [await certified('grace'), await certified('joan'), await certified('owner')]
  const teamId = await activeTeam('Engineering', grace, joan)
  const mine = await openVault(owner)
  const { folderId } = await mine.addFolder('Servers')
  const record = await mine.addRecord(folderId, login('Root', 'one'))
  await mine.share(folderId, { teamId }, 'edit')
  const leaver = await openVault(grace)
  await passwordOf(leaver, record)
  await removeFrom(teamId, grace)
  expect(await codeOf(leaver.read(record.recordId))).toBe('not_found')
  await leaver.sync()
  expect(leaver.folders()).toEqual([])
  // The folder waits for its team: its next key would else be sealed to the key that the leaver has.
  expect(await rotateAs(owner)).toBe(0)
  await approve(joan)
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  const grants = await api.db.selectFrom('folder_access').select(['grantee_kind', 'grantee_epoch', 'folder_epoch']).execute()
  expect(grants.toSorted((a, b) => a.grantee_epoch - b.grantee_epoch)).toEqual([
    { grantee_kind: 'owner', grantee_epoch: 0, folder_epoch: 2 },
    { grantee_kind: 'team', grantee_epoch: 2, folder_epoch: 2 },
  ])
  const stays = await openVault(joan)
  expect(stays.records()).toMatchObject([{ changeDue: true, meta: { title: 'Root' } }])
  // Somebody else made the key: the owner was granted it.
  await mine.sync()
  expect(mine.refused()).toEqual([])
  expect(await passwordOf(mine, record)).toBe('one')
  expect(await rotateAs(ada)).toBe(0)
})

test('who only reads a folder, or has nothing to do with it, gives it no key; an approver of its team does', async () => {
  const { ada, certified, activeTeam, api } = await startVaults()
  const [grace, joan, owner] = [await certified('grace'), await certified('joan'), await certified('owner')]
  const teamId = await activeTeam('Engineering', grace)
  const mine = await openVault(owner)
  const { folderId } = await mine.addFolder('Servers')
  await mine.addRecord(folderId, login('Root', 'one'))
  await mine.share(folderId, { teamId }, 'view')
  await mine.share(folderId, { person: await found(mine, 'joan@example.com') }, 'view')
  await mine.unshare(folderId, { kind: 'user', id: joan.owner.userId })
  for (const nobody of [grace, joan]) {
    expect(await rotateAs(nobody)).toBe(0)
    expect(await codeOf(call(nobody.connection, readRotation, { folder: folderId }))).toBe('not_found')
  }
  expect(await rotateAs(ada)).toBe(1)
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  expect(await titlesOf(grace)).toEqual(['Root'])
  expect(await titlesOf(owner)).toEqual(['Root'])
  expect(await titlesOf(ada)).toEqual([])
})

test('a rotation that a record or a share comes into is done again, and loses neither', async () => {
  const { ada, certified, api } = await startVaults()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  const [mine, other] = [await openVault(ada), await openVault(ada)]
  const { folderId } = await mine.addFolder('Servers')
  await mine.addRecord(folderId, login('First', 'one'))
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'edit')
  await other.sync()
  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  let rotations = 0
  const between: typeof fetch = async (input, init) => {
    if (String(input).endsWith('/rotate') && rotations++ < 2) {
      if (rotations === 1) await other.addRecord(folderId, login('Second', 'two'))
      else await other.share(folderId, { person: await found(other, 'joan@example.com') }, 'view')
    }
    return fetch(input, init)
  }
  const met = await openVault({ ...ada, connection: { ...ada.connection, fetch: between } })
  expect((await met.rotateDue()).rotated).toEqual([folderId])
  expect(rotations).toBe(3)
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  for (const account of [ada, joan]) expect(await titlesOf(account)).toEqual(['First', 'Second'])
})

test('of clients that rotate a folder at once while others write in it, one gives the key, and every record opens', async () => {
  const { ada, certified, api } = await startVaults()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  await mine.addRecords(
    folderId,
    Array.from({ length: 20 }, (_, n) => login(`Old ${n}`, `${n}`)),
  )
  for (const name of ['grace', 'joan']) await mine.share(folderId, { person: await found(mine, `${name}@example.com`) }, 'edit')
  const writers = [await openVault(ada), await openVault(joan)]
  await mine.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  await Promise.all([rotateAs(ada), rotateAs(joan), ...writers.map((vault, at) => vault.addRecord(folderId, login(`New ${at}`, 'x')))])
  await rotateAs(ada)
  expect(await folderRow(api, folderId)).toMatchObject({ rotation_due: 0 })
  for (const account of [ada, joan]) {
    const vault = await openVault(account)
    expect([vault.records().length, vault.refused()]).toEqual([22, []])
  }
})

test('a deleted person loses shared folders, and has them again when the directory brings them back', async () => {
  const { ada, certified, api } = await startVaults()
  const grace = await certified('grace')
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const { recordId } = await mine.addRecord(folderId, login('Root', 'one'))
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'edit')
  await (await openVault(grace)).read(recordId)
  const { user } = await api.write((trx) => deleteUser(trx, api.scope(), grace.owner.userId))
  await mine.rotateDue()
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  expect(mine.records()).toMatchObject([{ changeDue: true }])
  const person = { userName: user.email, externalId: null, displayName: null, primaryEmail: null, active: true, resource: '{}' }
  await api.write((trx) => restoreUser(trx, api.scope(), user, person, { email: user.email, emailDiffers: false }))
  await mine.rotateDue()
  const rows = await api.db.selectFrom('folder_access').select(['role', 'folder_epoch']).where('grantee_kind', '=', 'user').execute()
  expect(rows).toEqual([{ role: 'edit', folder_epoch: 3 }])
})

test('a folder whose key is from keys that were replaced still opens, and has another key before anything is written in it', async () => {
  const { ada, certified, api } = await startVaults()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const record = await mine.addRecord(folderId, login('Root', 'one'))
  for (const name of ['grace', 'joan']) await mine.share(folderId, { person: await found(mine, `${name}@example.com`) }, 'edit')
  await mine.unshare(folderId, { kind: 'user', id: joan.owner.userId })
  expect(await rotateAs(grace)).toBe(1)
  await mine.sync()
  expect(mine.folders()).toMatchObject([{ isVouched: true, key: { epoch: 2 } }])
  const { public: identity } = await makeIdentity(grace.owner.userId)
  const keys = { signing_key: identity.signingKey, encryption_key: identity.encryptionKey, key_binding: identity.keyBinding }
  await api.write((trx) => trx.updateTable('accounts').set(keys).where('user_id', '=', grace.owner.userId).execute())
  const replaces = grace.identity.public.signingKey
  const evidence = { kind: 'administrator' as const, wordsCompared: true }
  await appendToLog(ada, () => [
    { kind: 'user-certified', userId: grace.owner.userId, email: 'grace@example.com', identity, replaces, evidence },
  ])
  const elsewhere = await openVault(ada)
  expect(elsewhere.refused()).toEqual([])
  expect(elsewhere.folders()).toMatchObject([{ isVouched: false }])
  expect(await passwordOf(elsewhere, record)).toBe('one')
  await elsewhere.addRecord(folderId, login('New', 'two'))
  expect(elsewhere.folders()).toMatchObject([{ isVouched: true, key: { epoch: 3 } }])
  expect(await folderRow(api, folderId)).toMatchObject({ key_epoch: 3, rotation_due: 0 })
})

test('everybody may take themselves off a folder, and nobody takes off its owner', async () => {
  const { ada, certified } = await startVaults()
  const grace = await certified('grace')
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'view')
  const theirs = await openVault(grace)
  expect(await codeOf(theirs.unshare(folderId, { kind: 'user', id: ada.owner.userId }))).toBe('forbidden')
  expect(await codeOf(mine.unshare(folderId, { kind: 'user', id: ada.owner.userId }))).toBe('not_found')
  await theirs.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  expect(await titlesOf(grace)).toEqual([])
})
