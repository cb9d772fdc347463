import type { NewRecordBody, NewRecordMeta } from '@claviger/client/vault/record-types.ts'
import { openVault } from '@claviger/client/vault/vault.ts'
import { expect, test } from 'vitest'
import { codeOf, found, login, passwordOf, startVaults, titlesOf } from './vault-scene.ts'

const whole: readonly { meta: NewRecordMeta; body: NewRecordBody }[] = [
  {
    meta: { type: 'login', title: 'Mail', hint: 'ada', urls: ['https://mail.example.com'], favorite: true, tags: ['work'] },
    body: {
      type: 'login',
      password: 'correct horse',
      totp: { secret: 'JBSWY3DPEHPK3PXP', algorithm: 'SHA256', digits: 8, period: 60 },
      notes: 'Ask Grace.',
      fields: [{ name: 'PIN', value: '1234', hidden: true }],
    },
  },
  { meta: { type: 'note', title: 'Wi-Fi' }, body: { type: 'note', notes: 'The one in the kitchen 🗝️' } },
  {
    meta: { type: 'card', title: 'Company card', hint: '•••• 1111' },
    body: { type: 'card', holder: 'Ada Lovelace', number: '4111111111111111', expires: '2031-02', code: '123', pin: '0000' },
  },
  {
    meta: { type: 'identity', title: 'Passport' },
    body: { type: 'identity', firstName: 'Ada', lastName: 'Lovelace', country: 'GB', documentNumber: 'P1234567' },
  },
  {
    meta: { type: 'ssh-key', title: 'Build host', hint: 'SHA256:abc' },
    body: { type: 'ssh-key', privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----', publicKey: 'ssh-ed25519 AAAA', passphrase: 'x' },
  },
  { meta: { type: 'file', title: 'Contract' }, body: { type: 'file', notes: 'Signed' } },
]

test('a record of every type comes back on another device as it was written', async () => {
  const { ada } = await startVaults()
  const vault = await openVault(ada)
  const { folderId } = await vault.addFolder('Personal')
  await vault.addRecords(folderId, whole)
  const elsewhere = await openVault(ada)
  expect(elsewhere.folders()).toMatchObject([{ name: 'Personal', role: 'owner', sharedWith: 0 }])
  for (const { meta, body } of whole) {
    const [record] = elsewhere.find(meta.title)
    expect(record?.meta).toMatchObject(meta)
    expect(record && (await elsewhere.read(record.recordId)).body).toMatchObject(body)
  }
  expect(elsewhere.refused()).toEqual([])
  expect(elsewhere.find('MAIL')[0]?.meta.title).toBe('Mail')
  expect(elsewhere.find('work').map(({ meta }) => meta.title)).toEqual(['Mail'])
})

test('a folder shared with a person is read, edited or managed as their role says, and by nobody else', async () => {
  const { ada, certified } = await startVaults()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const record = await mine.addRecord(folderId, login('Root', 'one'))
  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'view')
  const theirs = await openVault(grace)
  expect(theirs.folders()).toMatchObject([{ name: 'Servers', role: 'view', ownerId: ada.owner.userId }])
  const read = await theirs.read(record.recordId)
  expect(read.body).toMatchObject({ password: 'one' })
  expect(await codeOf(theirs.saveRecord(read, login('Root', 'two')))).toBe('forbidden')
  expect(await codeOf(theirs.addRecord(folderId, login('Other', 'x')))).toBe('forbidden')
  expect(await codeOf(theirs.binRecord(record.recordId))).toBe('forbidden')
  expect(await codeOf(theirs.renameFolder(folderId, 'Mine'))).toBe('forbidden')
  expect(await codeOf(theirs.share(folderId, { person: await found(theirs, 'joan@example.com') }, 'view'))).toBe('forbidden')

  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'edit')
  expect(await theirs.saveRecord(read, login('Root', 'two'))).toMatchObject({ kind: 'saved' })
  expect(await passwordOf(mine, record)).toBe('two')
  expect(await codeOf(theirs.share(folderId, { person: await found(theirs, 'joan@example.com') }, 'view'))).toBe('forbidden')

  await mine.share(folderId, { person: await found(mine, 'grace@example.com') }, 'manage')
  await theirs.share(folderId, { person: await found(theirs, 'joan@example.com') }, 'view')
  expect(await titlesOf(joan)).toEqual(['Root'])
  expect(await codeOf(theirs.binFolder(folderId))).toBe('forbidden')
  expect((await mine.access(folderId)).map(({ name, role }) => `${name} ${role}`).toSorted()).toEqual([
    'ada@example.com owner',
    'grace@example.com manage',
    'joan@example.com view',
  ])
})

test('a folder shared with a team is read by its members and by nobody else', async () => {
  const { ada, certified, activeTeam } = await startVaults()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  const teamId = await activeTeam('Engineering', grace)
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  const record = await mine.addRecord(folderId, login('Root', 'one'))
  await mine.share(folderId, { teamId }, 'edit')
  const theirs = await openVault(grace)
  expect(theirs.folders()).toMatchObject([{ name: 'Servers', role: 'edit' }])
  expect(await passwordOf(theirs, record)).toBe('one')
  const stranger = await openVault(joan)
  expect(stranger.folders()).toEqual([])
  expect(await codeOf(stranger.read(record.recordId))).toBe('not_found')
  expect(await codeOf(stranger.history(record.recordId))).toBe('not_found')
  expect(await codeOf(stranger.access(folderId))).toBe('not_found')
  expect((await mine.findRecipients('engi')).teams).toEqual([{ teamId, name: 'Engineering' }])
})

test('two devices that edit the same version: the second is told, and both texts survive', async () => {
  const { ada } = await startVaults()
  const [laptop, phone] = [await openVault(ada), await openVault(ada)]
  const { folderId } = await laptop.addFolder('Personal')
  const { recordId } = await laptop.addRecord(folderId, login('Mail', 'one'))
  await phone.sync()
  const [onLaptop, onPhone] = [await laptop.read(recordId), await phone.read(recordId)]
  const results = await Promise.all([
    laptop.saveRecord(onLaptop, login('Mail', 'from the laptop')),
    phone.saveRecord(onPhone, login('Mail', 'from the phone')),
  ])
  const conflict = results.find(({ kind }) => kind === 'conflict')
  expect(results.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'saved'])
  if (conflict?.kind !== 'conflict') throw new Error('one of them met a conflict')
  const texts = [conflict.theirs.body, conflict.mine.body].map((body) => ('password' in body ? body.password : undefined))
  expect(texts.toSorted()).toEqual(['from the laptop', 'from the phone'])
  const copy = await phone.addRecord(folderId, conflict.mine)
  expect(await phone.saveRecord(conflict.theirs, conflict.mine)).toMatchObject({ kind: 'saved' })
  await laptop.sync()
  expect(laptop.records().map(({ recordId: id }) => id)).toContain(copy.recordId)
  expect((await laptop.history(recordId)).map(({ version }) => version)).toEqual([2, 1])
})

test('every version is in the history, can be read, and brought back', async () => {
  const { ada } = await startVaults()
  const vault = await openVault(ada)
  const { folderId } = await vault.addFolder('Personal')
  const { recordId } = await vault.addRecord(folderId, login('Mail', 'one'))
  for (const password of ['two', 'three']) await vault.saveRecord(await vault.read(recordId), login(`Mail ${password}`, password))
  expect((await vault.history(recordId)).map(({ version, meta }) => [version, meta.title])).toEqual([
    [2, 'Mail two'],
    [1, 'Mail'],
  ])
  const first = await vault.readVersion(recordId, 1)
  expect(first.body).toMatchObject({ password: 'one' })
  await vault.saveRecord(await vault.read(recordId), first)
  expect(await passwordOf(vault, { recordId })).toBe('one')
  expect(await vault.history(recordId)).toHaveLength(3)
  expect(await codeOf(vault.readVersion(recordId, 4))).toBe('not_found')
})

test('a record goes into the bin, comes back, and is gone for good only from there', async () => {
  const { ada, certified } = await startVaults()
  const grace = await certified('grace')
  const vault = await openVault(ada)
  const { folderId } = await vault.addFolder('Servers')
  await vault.share(folderId, { person: await found(vault, 'grace@example.com') }, 'edit')
  const { recordId } = await vault.addRecord(folderId, login('Mail', 'one'))
  const other = await openVault(grace)
  expect(await codeOf(vault.purgeRecord(recordId))).toBe('conflict')
  await other.binRecord(recordId)
  await vault.sync()
  expect([vault.records(), vault.bin().records.map(({ meta }) => meta.title)]).toEqual([[], ['Mail']])
  expect(await codeOf(vault.saveRecord(await vault.read(recordId), login('Mail', 'two')))).toBe('conflict')
  await vault.restoreRecord(recordId)
  expect(await passwordOf(vault, { recordId })).toBe('one')
  await vault.binRecord(recordId)
  expect(await codeOf(other.purgeRecord(recordId))).toBe('forbidden')
  await vault.purgeRecord(recordId)
  await other.sync()
  expect([other.records(), other.bin().records, other.refused()]).toEqual([[], [], []])
  expect(await codeOf(other.read(recordId))).toBe('not_found')
})

test('a folder in the bin is its owner’s alone, comes back as it was shared, and can be purged', async () => {
  const { ada, certified, api } = await startVaults()
  const grace = await certified('grace')
  const vault = await openVault(ada)
  const { folderId } = await vault.addFolder('Servers')
  const record = await vault.addRecord(folderId, login('Mail', 'one'))
  await vault.share(folderId, { person: await found(vault, 'grace@example.com') }, 'edit')
  expect(await codeOf(vault.purgeFolder(folderId))).toBe('conflict')
  await vault.binFolder(folderId)
  expect([vault.folders(), vault.bin().folders.map(({ name }) => name)]).toEqual([[], ['Servers']])
  expect(await titlesOf(grace)).toEqual([])
  await vault.restoreFolder(folderId)
  expect(await titlesOf(grace)).toEqual(['Mail'])
  await vault.attach(record.recordId, { name: 'a.txt', mediaType: 'text/plain' }, { size: 3, read: async () => new Uint8Array(3) })
  await vault.binFolder(folderId)
  await vault.purgeFolder(folderId)
  for (const table of ['folders', 'folder_access', 'records', 'record_keys', 'record_opens', 'attachments', 'attachment_chunks'] as const) {
    expect(await api.db.selectFrom(table).selectAll().execute()).toEqual([])
  }
})

test('a record that moves takes its history along, and those of the folder before read it no more', async () => {
  const { ada, certified } = await startVaults()
  const grace = await certified('grace')
  const vault = await openVault(ada)
  const [shared, own] = [await vault.addFolder('Shared'), await vault.addFolder('Own')]
  await vault.share(shared.folderId, { person: await found(vault, 'grace@example.com') }, 'edit')
  const { recordId } = await vault.addRecord(shared.folderId, login('Mail', 'one'))
  await vault.saveRecord(await vault.read(recordId), login('Mail', 'two'))
  const theirs = await openVault(grace)
  expect(theirs.records()).toHaveLength(1)
  const before = await vault.read(recordId)
  const moved = await vault.move(recordId, own.folderId)
  expect(moved).toMatchObject({ folderId: own.folderId, version: 3 })
  expect(moved.key.secret.reveal()).not.toEqual(before.key.secret.reveal())
  await theirs.sync()
  expect(theirs.records()).toEqual([])
  expect(await codeOf(theirs.read(recordId))).toBe('not_found')
  const elsewhere = await openVault(ada)
  expect(elsewhere.records(own.folderId).map(({ recordId: id }) => id)).toEqual([recordId])
  expect((await elsewhere.readVersion(recordId, 1)).body).toMatchObject({ password: 'one' })
  await elsewhere.move(recordId, shared.folderId)
  await theirs.sync()
  expect(await passwordOf(theirs, { recordId })).toBe('two')
  const mayOnlyRead = await theirs.addFolder('Grace’s')
  await vault.sync()
  await vault.share(shared.folderId, { person: await found(vault, 'grace@example.com') }, 'view')
  expect(await codeOf(theirs.move(recordId, mayOnlyRead.folderId))).toBe('forbidden')
})

test('a save of a record that somebody moved meanwhile meets a conflict, and loses nothing', async () => {
  const { ada } = await startVaults()
  const [one, other] = [await openVault(ada), await openVault(ada)]
  const [from, to] = [await one.addFolder('From'), await one.addFolder('To')]
  const { recordId } = await one.addRecord(from.folderId, login('Mail', 'one'))
  await other.sync()
  const before = await other.read(recordId)
  await one.move(recordId, to.folderId)
  const met = await other.saveRecord(before, login('Mail', 'two'))
  expect(met).toMatchObject({ kind: 'conflict', theirs: { folderId: to.folderId, version: 2, body: { password: 'one' } } })
  if (met.kind !== 'conflict') return
  expect(await other.saveRecord(met.theirs, met.mine)).toMatchObject({ kind: 'saved', record: { folderId: to.folderId, version: 3 } })
})

test('a renamed folder has its name everywhere, also where two rename it at once', async () => {
  const { ada } = await startVaults()
  const [one, other] = [await openVault(ada), await openVault(ada)]
  const { folderId } = await one.addFolder('Personal')
  await other.sync()
  await one.renameFolder(folderId, 'Private')
  await other.renameFolder(folderId, 'Mine')
  await one.sync()
  expect(one.folders()).toMatchObject([{ name: 'Mine', sealedName: { version: 3 } }])
})

test('many records are added in several requests and come in pages; later only what changed does', async () => {
  const { ada } = await startVaults()
  const vault = await openVault(ada)
  const { folderId } = await vault.addFolder('Imported')
  const many = Array.from({ length: 1203 }, (_, n) => login(`Record ${n}`, `password ${n}`))
  expect(await vault.addRecords(folderId, many)).toHaveLength(1203)
  const asked: string[] = []
  const listening: typeof fetch = (input, init) => {
    asked.push(new URL(String(input)).pathname)
    return fetch(input, init)
  }
  const other = await openVault({ ...ada, connection: { ...ada.connection, fetch: listening } })
  expect(other.records()).toHaveLength(1203)
  const pages = () => asked.splice(0).filter((path) => path.endsWith('/records')).length
  expect(pages()).toBe(2)
  await other.sync()
  expect(pages()).toBe(0)
  const [first] = vault.find('Record 0')
  if (first) await vault.binRecord(first.recordId)
  await other.sync()
  expect([pages(), other.records().length, other.bin().records.length]).toEqual([1, 1202, 1])
  // What left the folder is dropped, also where more than a page changed after it.
  if (first) await vault.purgeRecord(first.recordId)
  await vault.addRecords(
    folderId,
    Array.from({ length: 1001 }, (_, n) => login(`Later ${n}`, 'x')),
  )
  await other.sync()
  expect([pages(), other.records().length, other.bin().records.length]).toEqual([2, 2203, 0])
})
