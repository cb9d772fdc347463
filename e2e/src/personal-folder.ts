import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import {
  type FolderKey,
  grantFolderKey,
  makeFolderKey,
  openFolderKey,
  openOwnFolderKey,
  wrapOwnFolderKey,
} from '@claviger/client/keys/folder-key.ts'
import { openFolderName, sealFolderName } from '@claviger/client/keys/folder-name.ts'
import { asGrantee, asGranter, granterOf } from '@claviger/client/keys/grants.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { openRecordPart, sealRecord } from '@claviger/client/keys/record.ts'
import { makeRecordKey, openRecordKey, wrapRecordKey } from '@claviger/client/keys/record-key.ts'
import { newId } from '@claviger/client/new-id.ts'
import { addRecords, listRecords, readRecord } from '@claviger/contract/api/records.ts'
import { addFolder, type FolderRole, getVault, shareFolder, type VaultFolder } from '@claviger/contract/api/vault.ts'
import { readUtf8, utf8 } from '@claviger/contract/bytes.ts'
import type { SealedRecordKey } from '@claviger/contract/envelopes.ts'
import { FolderId, RecordId, type UserId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'

/** Somebody makes a folder of their own with one note in it. Below the client's vault: what it stands on, and nothing else. */
export async function addNoteFolder({ connection, owner, root }: OpenAccount, name: string, note: string) {
  const key = await makeFolderKey(owner.enterprise, { folderId: newId(FolderId), epoch: 1 })
  await call(connection, addFolder, { name: await sealFolderName(name, 1, key), key: await wrapOwnFolderKey(key, root, owner) })
  const recordKey = await makeRecordKey({ recordId: newId(RecordId), epoch: 1 })
  const { recordId: id } = recordKey
  const fields = { id, folderId: key.folderId, keyEpoch: 1, version: 1, author: owner.userId, modifiedAt: Date.now() }
  const record = await sealRecord(owner.enterprise, fields, { meta: utf8('{"title":"Note"}'), body: utf8(note) }, recordKey)
  await call(connection, addRecords, { folder: key.folderId, records: [{ record, key: await wrapRecordKey(recordKey, key) }] })
  return { folderId: key.folderId, recordId: id, key }
}

/** Shares it with a certified person. */
export async function shareWith({ connection, state, identity }: OpenAccount, key: FolderKey, to: UserId, role: FolderRole): Promise<void> {
  const grant = await grantFolderKey(key, certifiedUser(state, to), asGranter(identity), Date.now())
  await call(connection, shareFolder, { folder: key.folderId, role, grant })
}

/** Everything that somebody can read: per folder its name, their role, and the notes. */
export async function readNotes(account: OpenAccount): Promise<{ name: string; role: string; notes: string[] }[]> {
  const { folders } = await call(account.connection, getVault, {})
  return Promise.all(folders.map((folder) => readFolder(account, folder)))
}

async function readFolder(account: OpenAccount, folder: VaultFolder) {
  const key = await openKey(account, folder)
  const { records } = await call(account.connection, listRecords, { folder: folder.folderId, after: 0 })
  const notes = await Promise.all(records.map(({ id }) => readNote(account, key, id)))
  return { name: await openFolderName(folder.name, key), role: folder.role, notes }
}

async function readNote({ connection, owner }: OpenAccount, folder: FolderKey, id: RecordId): Promise<string> {
  const { record, key } = await call(connection, readRecord, { id })
  const { folderId } = record
  const wrap: SealedRecordKey = {
    suite: SUITE,
    recordId: id,
    epoch: record.keyEpoch,
    folderId,
    folderEpoch: key.folderEpoch,
    sealed: key.sealed,
  }
  const recordKey = await openRecordKey(wrap, { recordId: id, epoch: record.keyEpoch }, folder)
  return readUtf8(await openRecordPart(owner.enterprise, record, 'body', recordKey))
}

async function openKey({ root, owner, state, identity }: OpenAccount, { folderId, epoch, ways }: VaultFolder): Promise<FolderKey> {
  for (const way of ways) {
    if (way.kind === 'own') return openOwnFolderKey(way.wrap, { folderId, epoch }, root, owner)
    const by = granterOf(way.grant)
    if (way.kind === 'user' && by.kind === 'user') {
      return openFolderKey(owner.enterprise, way.grant, { folderId, epoch }, certifiedUser(state, by.id), asGrantee(identity))
    }
  }
  throw new Error(`there is no way to the folder ${folderId} for a person`)
}
