import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { grantFolderKey, makeFolderKey } from '@claviger/client/keys/folder-key.ts'
import { asGrantee, asGranter } from '@claviger/client/keys/grants.ts'
import { makeIdentity } from '@claviger/client/keys/identity.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { newId } from '@claviger/client/new-id.ts'
import { openVault, type Vault } from '@claviger/client/vault/vault.ts'
import { readRotation } from '@claviger/contract/api/vault.ts'
import { UserId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { codeOf, found, login, passwordOf, startVaults } from './vault-scene.ts'

/** The server's own rows, changed behind its back: what a hostile operator can do. */
async function startHostile() {
  const scene = await startVaults()
  const { api, ada, certified } = scene
  const grace = await certified('grace')
  const vault = await openVault(ada)
  const { folderId } = await vault.addFolder('Servers')
  const [mail, bank] = await vault.addRecords(folderId, [login('Mail', 'one'), login('Bank', 'two')])
  if (!mail || !bank) throw new Error('two records were added')
  await vault.share(folderId, { person: await found(vault, 'grace@example.com') }, 'edit')
  type Records = Parameters<Parameters<typeof api.write>[0]>[0]
  const change = (work: (trx: Records) => Promise<unknown>) => api.write(async (trx) => void (await work(trx)))
  const recordRow = (id: string) => api.db.selectFrom('records').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const setRecord = (id: string, values: Partial<Awaited<ReturnType<typeof recordRow>>>) =>
    change((trx) => trx.updateTable('records').set(values).where('id', '=', id).execute())
  const touch = () =>
    change((trx) =>
      trx
        .updateTable('folders')
        .set((eb) => ({ revision: eb('revision', '+', 1) }))
        .execute(),
    )
  return { ...scene, grace, vault, folderId, mail, bank, change, recordRow, setRecord, touch }
}

/** What a vault that opens now refuses, by code. */
async function refusedBy(account: OpenAccount): Promise<string[]> {
  return codesOf(await openVault(account))
}

function codesOf(vault: Vault): string[] {
  return vault.refused().map(({ kind, code }) => `${kind} ${code}`)
}

test('the meta or body of another record, of another version, or altered, is refused', async () => {
  const { ada, vault, mail, bank, recordRow, setRecord } = await startHostile()
  await vault.saveRecord(await vault.read(mail.recordId), login('Mail', 'newer'))
  const [before, other] = [await recordRow(mail.recordId), await recordRow(bank.recordId)]
  const old = await vault.readVersion(mail.recordId, 1)
  expect(old.body).toMatchObject({ password: 'one' })
  for (const lie of [
    { meta: other.meta },
    { meta: before.body },
    { author: bank.recordId },
    { modified_at: before.modified_at + 1 },
    { version: 9 },
  ]) {
    await setRecord(mail.recordId, lie)
    expect(await refusedBy(ada)).toEqual(['record cannot_open'])
    await setRecord(mail.recordId, before)
  }
  for (const body of [other.body, before.meta, `${before.body.slice(0, -1)}${before.body.endsWith('A') ? 'Q' : 'A'}`]) {
    await setRecord(mail.recordId, { body })
    expect(await codeOf(vault.read(mail.recordId))).toMatch(/^(cannot_open|unexpected_answer|internal)$/)
    await setRecord(mail.recordId, before)
  }
  expect(await passwordOf(vault, mail)).toBe('newer')
})

test('a record that is given out in an old version is refused by whoever saw the newer one', async () => {
  const { ada, grace, vault, mail, recordRow, setRecord, touch } = await startHostile()
  const old = await recordRow(mail.recordId)
  await vault.saveRecord(await vault.read(mail.recordId), login('Mail', 'newer'))
  const theirs = await openVault(grace)
  await setRecord(mail.recordId, { ...old, revision: 99 })
  await touch()
  // The device remembers, whether its vault was open or is opened anew.
  for (const account of [ada, grace]) expect(await refusedBy(account)).toEqual(['record rolled_back'])
  expect(await codeOf(theirs.read(mail.recordId))).toBe('rolled_back')
  expect(theirs.find('Mail')).toMatchObject([{ version: 2 }])
})

test('a record that the server puts into another folder, with or without its key, is refused', async () => {
  const { ada, vault, mail, change, setRecord } = await startHostile()
  const { folderId: other } = await vault.addFolder('Public')
  await setRecord(mail.recordId, { folder_id: other, revision: 50 })
  await change((trx) => trx.updateTable('folders').set({ revision: 60 }).execute())
  expect(await refusedBy(ada)).toEqual(['record cannot_open'])
  await change((trx) => trx.updateTable('record_keys').set({ folder_id: other }).where('record_id', '=', mail.recordId).execute())
  expect(await refusedBy(ada)).toEqual(['record cannot_open'])
  await vault.sync()
  expect(codesOf(vault)).toEqual(['record cannot_open'])
  expect(vault.records(other)).toEqual([])
})

test('the key of another record or epoch in the place of a record’s is refused', async () => {
  const { ada, mail, bank, api, change } = await startHostile()
  const rows = await api.db.selectFrom('record_keys').selectAll().execute()
  const of = (id: string) => rows.find((row) => row.record_id === id)?.sealed ?? ''
  await change((trx) =>
    trx
      .updateTable('record_keys')
      .set({ sealed: of(bank.recordId) })
      .where('record_id', '=', mail.recordId)
      .execute(),
  )
  expect(await refusedBy(ada)).toEqual(['record cannot_open'])
})

test('a folder whose old name comes back is refused, and so is one under another name than was sealed for it', async () => {
  const { ada, grace, vault, folderId, api, change } = await startHostile()
  const nameRow = (id: string) => api.db.selectFrom('folders').select(['name', 'version']).where('id', '=', id).executeTakeFirstOrThrow()
  const old = await nameRow(folderId)
  await vault.renameFolder(folderId, 'Production')
  const now = await nameRow(folderId)
  const theirs = await openVault(grace)
  await vault.sync()
  const setName = (name: string) => change((trx) => trx.updateTable('folders').set({ name }).where('id', '=', folderId).execute())
  await setName(old.name)
  for (const account of [ada, grace]) expect(await refusedBy(account)).toEqual(['folder rolled_back'])
  await theirs.sync()
  expect([codesOf(theirs), theirs.folders()[0]?.name]).toEqual([['folder rolled_back'], 'Production'])
  const { folderId: other } = await vault.addFolder('Other')
  const foreign = JSON.parse((await nameRow(other)).name)
  await setName(JSON.stringify({ ...JSON.parse(now.name), sealed: foreign.sealed }))
  expect(await refusedBy(ada)).toEqual(['folder cannot_open'])
})

test('a folder’s old key, one of another folder, or one that the server made, is refused', async () => {
  const { ada, grace, vault, folderId, api, change, certified } = await startHostile()
  const keyOf = () =>
    api.db.selectFrom('folder_access').select('key_grant').where('grantee_id', '=', grace.owner.userId).executeTakeFirstOrThrow()
  const setKey = (text: string) =>
    change((trx) => trx.updateTable('folder_access').set({ key_grant: text }).where('grantee_id', '=', grace.owner.userId).execute())
  const old = await keyOf()
  const joan = await certified('joan')
  await vault.share(folderId, { person: await found(vault, 'joan@example.com') }, 'view')
  await vault.unshare(folderId, { kind: 'user', id: joan.owner.userId })
  await vault.rotateDue()
  expect(await refusedBy(grace)).toEqual([])
  const now = await keyOf()
  await setKey(old.key_grant)
  expect(await refusedBy(grace)).toEqual(['folder bad_grant'])
  // A key of the server's own, in a grant that nobody of the enterprise signed, or signed for another folder.
  const { enterprise } = ada.owner
  const forged = await makeFolderKey(enterprise, { folderId, epoch: 2 })
  const to = certifiedUser(ada.state, ada.owner.userId)
  const grantee = { ...to, ...asGrantee(grace.identity).grantee } as typeof to
  const nobody = await makeIdentity(newId(UserId))
  for (const [granter, code] of [
    [{ ...asGranter(nobody), granter: asGranter(ada.identity).granter }, 'bad_grant'],
    [asGranter(nobody), 'uncertified'],
  ] as const) {
    await setKey(JSON.stringify(await grantFolderKey(forged, grantee, granter, Date.now())))
    expect(await refusedBy(grace)).toEqual([`folder ${code}`])
  }
  const other = await makeFolderKey(enterprise, { folderId: (await vault.addFolder('Other')).folderId, epoch: 2 })
  await setKey(JSON.stringify(await grantFolderKey(other, grantee, asGranter(ada.identity), Date.now())))
  expect(await refusedBy(grace)).toEqual(['folder bad_grant'])
  await setKey(now.key_grant)
  // The whole folder as it was before the rotation: genuine in itself, but this device saw a newer key.
  await change((trx) => trx.updateTable('folders').set({ key_epoch: 1 }).where('id', '=', folderId).execute())
  await change((trx) => trx.updateTable('folder_access').set({ folder_epoch: 1 }).where('folder_id', '=', folderId).execute())
  expect(await refusedBy(grace)).toEqual(['folder rolled_back'])
})

test('a folder is shared with nobody whose keys the log does not certify, whatever the server offers', async () => {
  const { vault, folderId, person, grace } = await startHostile()
  const mallory = await person('mallory')
  const offered = await found(vault, 'mallory@example.com')
  expect(await codeOf(vault.share(folderId, { person: offered }, 'view'))).toBe('uncertified')
  const swapped = { ...(await found(vault, 'grace@example.com')), identity: mallory.identity.public }
  expect(swapped.userId).toBe(grace.owner.userId)
  expect(await codeOf(vault.share(folderId, { person: swapped }, 'view'))).toBe('swapped_key')
})

test('a rotation gives the key to no keys that the server slips in', async () => {
  const { ada, vault, folderId, person, certified } = await startHostile()
  const [mallory, joan] = [await person('mallory'), await certified('joan')]
  await vault.share(folderId, { person: await found(vault, 'joan@example.com') }, 'view')
  await vault.unshare(folderId, { kind: 'user', id: joan.owner.userId })
  const path = readRotation.path.replace(':folder', folderId)
  const through = (people: (given: { userId: string; identity: unknown }[]) => unknown): typeof fetch => {
    return async (input, init) => {
      const response = await fetch(input, init)
      if (new URL(String(input)).pathname !== path) return response
      const answer = readRotation.answer.parse(await response.json())
      return Response.json({ ...answer, people: people(answer.people) })
    }
  }
  const lies = [
    through((given) => [...given, { userId: mallory.owner.userId, email: 'm@example.com', identity: mallory.identity.public }]),
    through((given) => given.map((one) => ({ ...one, identity: mallory.identity.public }))),
  ]
  for (const fetch of lies) {
    const met = await openVault({ ...ada, connection: { ...ada.connection, fetch } })
    expect(await met.rotateDue()).toMatchObject({ rotated: [], skipped: [{ folderId }] })
  }
  expect((await vault.rotateDue()).rotated).toEqual([folderId])
})

test('the server takes no grant but one by whoever submits it, to the keys that the grantee has, of the newest key', async () => {
  const { ada, grace, vault, folderId, certified } = await startHostile()
  const joan = await certified('joan')
  const [folder] = vault.folders()
  if (folder === undefined) throw new Error('there is a folder')
  const to = certifiedUser(ada.state, joan.owner.userId)
  const share = async (grant: unknown) => {
    const response = await fetch(`${ada.connection.origin}/api/v1/folders/${folderId}/access`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.connection.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'view', grant }),
    })
    return response.status
  }
  const by = asGranter(ada.identity)
  const newer = await makeFolderKey(folder.key.enterprise, { folderId, epoch: 2 })
  const swapped = { ...to, encryptionKey: grace.identity.public.encryptionKey } as typeof to
  expect(await share(await grantFolderKey(folder.key, to, asGranter(grace.identity), Date.now()))).toBe(400)
  expect(await share(await grantFolderKey(folder.key, to, { ...asGranter(grace.identity), granter: by.granter }, Date.now()))).toBe(400)
  expect(await share(await grantFolderKey(folder.key, swapped, by, Date.now()))).toBe(400)
  expect(await share(await grantFolderKey(newer, to, by, Date.now()))).toBe(400)
  expect(await share(await grantFolderKey(folder.key, to, by, Date.now()))).toBe(200)
})
