import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { sourceOf } from '@claviger/client/vault/attachments.ts'
import { openVault } from '@claviger/client/vault/vault.ts'
import { CHUNK_BYTES, MOST_ATTACHMENT_BYTES, MOST_ATTACHMENTS } from '@claviger/contract/attachment.ts'
import { AttachmentId } from '@claviger/contract/ids.ts'
import { expireUploads } from '@claviger/server/vault/attachments.ts'
import { expect, test } from 'vitest'
import { codeOf, found, login, startVaults } from './vault-scene.ts'

const DAY = 24 * 60 * 60 * 1000
const text = { name: 'notes.txt', mediaType: 'text/plain' }

/** Bytes that differ from chunk to chunk. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 12)) & 255
  return bytes
}

/** Compared at once: a matcher would look at each byte by itself. */
function isSame(given: Uint8Array | undefined, wanted: Uint8Array): boolean {
  return given !== undefined && Buffer.compare(given, wanted) === 0
}

async function startRecord() {
  const scene = await startVaults()
  const vault = await openVault(scene.ada)
  const { folderId } = await vault.addFolder('Servers')
  const { recordId } = await vault.addRecord(folderId, login('Root', 'one'))
  return { ...scene, vault, folderId, recordId }
}

/** The account on a server whose answers and requests go through `between`. */
function through(account: OpenAccount, between: typeof fetch): OpenAccount {
  return { ...account, connection: { ...account.connection, fetch: between } }
}

const chunkAt = (url: unknown) => Number(/\/chunks\/(\d+)$/.exec(String(url))?.[1] ?? -1)

test.each([
  ['nothing', 0],
  ['one byte', 1],
  ['one whole chunk', CHUNK_BYTES],
  ['a byte more', CHUNK_BYTES + 1],
  ['many chunks', 5 * CHUNK_BYTES + 77],
])('a file of %s comes back as it was', async (_, size) => {
  const { ada, vault, recordId } = await startRecord()
  const bytes = bytesOf(size)
  const progress: number[] = []
  const added = await vault.attach(recordId, text, sourceOf(bytes), { onProgress: (sent) => progress.push(sent) })
  expect(progress.at(-1)).toBe(size)
  const other = await openVault(ada)
  expect(other.records()).toMatchObject([{ attachments: 1 }])
  const [file] = (await other.read(recordId)).files
  expect(file).toMatchObject({ ...text, size, complete: true, attachmentId: added.attachmentId })
  expect(isSame(file && (await other.readFile(file)), bytes)).toBe(true)
})

test('a file of more than 100 MiB is refused before anything is sent, and by the server too', async () => {
  const { vault, recordId, ada } = await startRecord()
  const tooLarge = { size: MOST_ATTACHMENT_BYTES + 1, read: async () => bytesOf(1) }
  expect(await codeOf(vault.attach(recordId, text, tooLarge))).toBe('too_large')
  const enlarging: typeof fetch = (input, init) => {
    if (!String(input).endsWith('/api/v1/attachments')) return fetch(input, init)
    return fetch(input, { ...init, body: JSON.stringify({ ...JSON.parse(String(init?.body)), size: MOST_ATTACHMENT_BYTES + 1 }) })
  }
  const forcing = await openVault(through(ada, enlarging))
  expect(await codeOf(forcing.attach(recordId, text, sourceOf(bytesOf(3))))).toBe('invalid_value')
})

test('a chunk that is altered, missing, in another’s place, given twice or another file’s is refused', async () => {
  const { ada, vault, recordId, folderId, api } = await startRecord()
  const size = 3 * CHUNK_BYTES
  const file = await vault.attach(recordId, text, sourceOf(bytesOf(size)))
  const twin = await vault.attach(recordId, text, sourceOf(bytesOf(size)))
  const place = (position: number, sealed: string) =>
    api.write((trx) =>
      trx
        .updateTable('attachment_chunks')
        .set({ sealed })
        .where('attachment_id', '=', file.attachmentId)
        .where('position', '=', position)
        .execute(),
    )
  const chunkOf = async (id: AttachmentId, position: number) => {
    const query = api.db.selectFrom('attachment_chunks').select('sealed')
    const row = await query.where('attachment_id', '=', id).where('position', '=', position).executeTakeFirstOrThrow()
    return row.sealed
  }
  const [first, second, third] = [
    await chunkOf(file.attachmentId, 0),
    await chunkOf(file.attachmentId, 1),
    await chunkOf(file.attachmentId, 2),
  ]
  const altered = `${first.slice(0, 100)}${first[100] === 'A' ? 'B' : 'A'}${first.slice(101)}`
  for (const wrong of [altered, second, third, await chunkOf(twin.attachmentId, 0)]) {
    await place(0, wrong)
    expect(await codeOf(vault.readFile(file))).toBe('cannot_open')
  }
  await place(0, first)
  expect(await codeOf(vault.readFile(file))).toBe('accepted')
  await api.write((trx) =>
    trx.deleteFrom('attachment_chunks').where('attachment_id', '=', file.attachmentId).where('position', '=', 2).execute(),
  )
  expect(await codeOf(vault.readFile(file))).toBe('not_found')
  // Given out as a shorter file, or as a file of another record, its name does not even open.
  const { recordId: other } = await vault.addRecord(folderId, login('Other', 'x'))
  for (const lie of [{ size: 2 * CHUNK_BYTES, chunks: 2 }, { record_id: other }, { author: recordId }]) {
    const before = await api.db.selectFrom('attachments').selectAll().where('id', '=', twin.attachmentId).executeTakeFirstOrThrow()
    const set = (values: Partial<typeof before>) =>
      api.write((trx) => trx.updateTable('attachments').set(values).where('id', '=', twin.attachmentId).execute())
    await set(lie)
    expect(await codeOf((await openVault(ada)).read('record_id' in lie ? other : recordId))).toBe('cannot_open')
    await set(before)
  }
})

test('an upload that is broken off goes on where it stopped, and nobody else sees it before its end', async () => {
  const { ada, vault, recordId, folderId, certified } = await startRecord()
  const grace = await certified('grace')
  await vault.share(folderId, { person: await found(vault, 'grace@example.com') }, 'edit')
  const bytes = bytesOf(9 * CHUNK_BYTES + 5)
  const stop = new AbortController()
  const options = { signal: stop.signal, onProgress: (sent: number) => sent > 3 * CHUNK_BYTES && stop.abort() }
  expect(await codeOf(vault.attach(recordId, text, sourceOf(bytes), options))).not.toBe('accepted')
  expect((await (await openVault(grace)).read(recordId)).files).toEqual([])
  const sent: number[] = []
  const counting: typeof fetch = (input, init) => {
    if (init?.method === 'PUT') sent.push(chunkAt(input))
    return fetch(input, init)
  }
  const again = await openVault(through(ada, counting))
  const [unfinished] = (await again.read(recordId)).files
  expect(unfinished).toMatchObject({ complete: false, name: 'notes.txt' })
  const id = unfinished?.attachmentId ?? AttachmentId.parse('')
  expect(await codeOf(again.resume(recordId, id, sourceOf(bytesOf(7))))).toBe('not_open')
  const whole = await again.resume(recordId, id, sourceOf(bytes))
  expect(sent.length).toBeLessThan(10)
  expect(sent.length).toBeGreaterThan(0)
  expect(isSame(await vault.readFile(whole), bytes)).toBe(true)
  const theirs = await openVault(grace)
  const [file] = (await theirs.read(recordId)).files
  expect(isSame(file && (await theirs.readFile(file)), bytes)).toBe(true)
})

test('an upload that stops for a day is gone, what is complete stays', async () => {
  const { vault, recordId, api } = await startRecord()
  await vault.attach(recordId, text, sourceOf(bytesOf(5)))
  const stopped = AbortSignal.abort()
  await codeOf(vault.attach(recordId, text, sourceOf(bytesOf(5)), { signal: stopped }))
  expect(await api.db.selectFrom('attachments').select('state').orderBy('state').execute()).toEqual([
    { state: 'complete' },
    { state: 'uploading' },
  ])
  expect(await api.write((trx) => expireUploads(trx, Date.now() + DAY - 60_000))).toBe(0)
  expect(await api.write((trx) => expireUploads(trx, Date.now() + DAY + 60_000))).toBe(1)
  expect(await api.db.selectFrom('attachments').select('state').execute()).toEqual([{ state: 'complete' }])
  expect(await api.db.selectFrom('attachment_chunks').select('position').execute()).toEqual([{ position: 0 }])
})

test('only who may edit adds and removes files, only who began an upload puts its chunks, and a record has at most twenty', async () => {
  const { vault, recordId, folderId, certified } = await startRecord()
  const [grace, joan] = [await certified('grace'), await certified('joan')]
  await vault.share(folderId, { person: await found(vault, 'grace@example.com') }, 'view')
  await vault.share(folderId, { person: await found(vault, 'joan@example.com') }, 'edit')
  const reader = await openVault(grace)
  expect(await codeOf(reader.attach(recordId, text, sourceOf(bytesOf(5))))).toBe('forbidden')
  const file = await vault.attach(recordId, text, sourceOf(bytesOf(5)))
  expect(await codeOf(reader.detach(file))).toBe('forbidden')
  expect(await codeOf(reader.readFile(file))).toBe('accepted')
  const editor = await openVault(joan)
  for (let n = 1; n < MOST_ATTACHMENTS; n += 1) await editor.attach(recordId, text, sourceOf(bytesOf(0)))
  expect(await codeOf(editor.attach(recordId, text, sourceOf(bytesOf(5))))).toBe('too_many')
  await editor.detach(file)
  expect(await codeOf(vault.readFile(file))).toBe('not_found')
  expect(await codeOf(editor.attach(recordId, text, sourceOf(bytesOf(5))))).toBe('accepted')
})

test('a file added after somebody left is sealed with a key that they never had; older ones move along with the record', async () => {
  const { ada, vault, recordId, folderId, certified } = await startRecord()
  const grace = await certified('grace')
  const old = await vault.attach(recordId, text, sourceOf(bytesOf(5)))
  await vault.share(folderId, { person: await found(vault, 'grace@example.com') }, 'edit')
  const { key } = await (await openVault(grace)).read(recordId)
  await vault.unshare(folderId, { kind: 'user', id: grace.owner.userId })
  await vault.rotateDue()
  const added = await vault.attach(recordId, text, sourceOf(bytesOf(6)))
  expect(added.key.secret.reveal()).not.toEqual(key.secret.reveal())
  const own = await vault.addFolder('Own')
  await vault.move(recordId, own.folderId)
  const elsewhere = await openVault(ada)
  const { files } = await elsewhere.read(recordId)
  expect(files.map(({ attachmentId }) => attachmentId)).toEqual([old.attachmentId, added.attachmentId])
  for (const file of files) expect((await elsewhere.readFile(file)).length).toBe(file.size)
})
