import { listRecords, type RecordHead } from '@claviger/contract/api/records.ts'
import { getVault, type Person, type VaultFolder } from '@claviger/contract/api/vault.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import type { FolderId, RecordId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { call } from '../api/call.ts'
import { loadKeyring } from '../approvals/keyring.ts'
import { ClientError } from '../errors.ts'
import { inBatches } from '../in-batches.ts'
import type { FolderKey } from '../keys/folder-key.ts'
import { openFolderName } from '../keys/folder-name.ts'
import { openRecordPart } from '../keys/record.ts'
import { openRecordKey, type RecordKey } from '../keys/record-key.ts'
import { requireNotOlder } from '../keys/seen.ts'
import type { Contents, OpenFolder, OpenRecord, Refused } from './contents.ts'
import { openByWays } from './open-folder.ts'
import { readMeta } from './record-content.ts'
import { rememberSeen } from './seen-versions.ts'

const REQUESTS_AT_ONCE = 8
/** Times that a folder's records are asked for again because its key changed in between. */
const ATTEMPTS = 3

/**
 * Brings the contents up to what the server has: whole folders the first time, later what changed. What does not open as
 * what it is given out to be, or is older than what this device saw, is refused, each by itself, and named in `refused`.
 * @throws ApiError, ClientError `unreachable`, `unexpected_answer`
 */
export async function sync(contents: Contents): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { folders, people } = await readFolders(contents)
    forgetOthers(contents, folders)
    await inBatches(folders, (folder) => takeFolder(contents, folder, people))
    const current = await inBatches([...contents.folders.values()], (folder) => takeRecords(contents, folder, folders), REQUESTS_AT_ONCE)
    await rememberSeen(contents.account, contents.folders.values(), contents.records.values())
    if (current.every(Boolean)) return
  }
}

async function readFolders(contents: Contents) {
  const { approver } = contents.opener
  const answer = await call(approver.connection, getVault, {})
  const isBehind = answer.folders.some(({ ways }) =>
    ways.some((way) => way.kind === 'team' && (approver.state.teamKeys.get(way.teamId)?.length ?? 0) < way.teamEpoch),
  )
  if (isBehind) await approver.refresh()
  // Memberships may have been granted or renewed since.
  contents.opener = { ...contents.opener, keyring: await loadKeyring(approver) }
  return answer
}

function forgetOthers({ folders, records, refused }: Contents, given: readonly VaultFolder[]): void {
  const present = new Set(given.map(({ folderId }) => folderId))
  for (const folderId of folders.keys()) if (!present.has(folderId)) folders.delete(folderId)
  for (const { kind, id } of refused.values())
    if (kind === 'folder' && ![...present].some((folderId) => folderId === id)) refused.delete(id)
  for (const { recordId, folderId } of records.values()) if (!folders.has(folderId)) records.delete(recordId)
}

async function takeFolder(contents: Contents, given: VaultFolder, people: readonly Person[]): Promise<void> {
  const { folderId, epoch, name } = given
  await refusing(contents, 'folder', folderId, async () => {
    const known = contents.folders.get(folderId)
    const { seen } = contents.account.profile
    requireNotOlder(seen, 'folder-key', folderId, Math.min(epoch, name.epoch))
    requireNotOlder(seen, 'folder-name', folderId, name.version)
    const isSameKey = known?.key.epoch === epoch && known.isVouched
    const { key, isVouched } = isSameKey ? known : await openByWays(contents.opener, { folderId, epoch }, given.ways, people)
    const isSameName =
      known !== undefined && known.key === key && known.sealedName.sealed === name.sealed && known.sealedName.version === name.version
    const { ownerId, role, sharedWith, rotationDue, binnedAt } = given
    contents.folders.set(folderId, {
      ...{ folderId, ownerId, role, sharedWith, rotationDue, binnedAt, key, isVouched },
      name: isSameName ? known.name : await openFolderName(name, key),
      sealedName: name,
      synced: known?.synced ?? 0,
    })
  })
}

/** @returns false where the folder's key changed while its records were read */
async function takeRecords(contents: Contents, folder: OpenFolder, given: readonly VaultFolder[]): Promise<boolean> {
  const offered = given.find(({ folderId }) => folderId === folder.folderId)
  if (offered === undefined || offered.revision <= folder.synced) return true
  const { connection } = contents.account
  const read = (from: { after: number; afterRecord?: RecordId }) => call(connection, listRecords, { folder: folder.folderId, ...from })
  let page = await read({ after: folder.synced })
  for (;;) {
    // The next page is on its way while this one is opened.
    const following = page.next === null ? null : read(page.next)
    following?.catch(() => {})
    if (page.records.some(({ key }) => key.folderEpoch !== folder.key.epoch)) return false
    await inBatches(page.records, (head) => takeRecord(contents, folder, head))
    for (const { recordId } of page.gone) drop(contents, folder.folderId, recordId)
    if (following === null) break
    page = await following
  }
  contents.folders.set(folder.folderId, { ...folder, synced: page.revision })
  return true
}

/** Unless it has come to another folder since. */
function drop({ records, refused }: Contents, folderId: FolderId, recordId: RecordId): void {
  refused.delete(recordId)
  if (records.get(recordId)?.folderId === folderId) records.delete(recordId)
}

async function takeRecord(contents: Contents, folder: OpenFolder, head: RecordHead): Promise<void> {
  await refusing(contents, 'record', head.id, async () => {
    requireNotOlder(contents.account.profile.seen, 'record', head.id, head.version)
    const known = contents.records.get(head.id)
    const record = await openHead(head, folder.key, known)
    contents.records.set(head.id, record)
  })
}

/** A record's head under the key of the folder in whose list it came. @throws ClientError `cannot_open`; ContractError `malformed` */
export async function openHead(head: RecordHead, folderKey: FolderKey, known: OpenRecord | undefined): Promise<OpenRecord> {
  requireIn(folderKey.folderId, head)
  const key = await keyOfHead(head, folderKey, known?.key)
  const { meta, keyFrom } = readMeta(await openRecordPart(folderKey.enterprise, head, 'meta', key))
  const { folderId, version, author, modifiedAt, changeDue, binnedAt, attachments } = head
  return { recordId: head.id, folderId, version, meta, author, modifiedAt, changeDue, binnedAt, attachments, key, keyFrom }
}

/** The key of an epoch never changes, so one that is open already is not opened again. */
export async function keyOfHead(
  { id: recordId, keyEpoch: epoch, key }: Pick<RecordHead, 'id' | 'keyEpoch' | 'key'>,
  folderKey: FolderKey,
  known: RecordKey | undefined,
): Promise<RecordKey> {
  if (known?.epoch === epoch && known.recordId === recordId) return known
  const { folderId, epoch: folderEpoch } = folderKey
  return openRecordKey({ suite: SUITE, recordId, epoch, folderId, folderEpoch, sealed: key.sealed }, { recordId, epoch }, folderKey)
}

/** @throws ClientError `cannot_open` where the server gives out a record for one of another folder */
export function requireIn(folderId: FolderId, record: Pick<RecordHead, 'id' | 'folderId'>): void {
  if (record.folderId === folderId) return
  throw new ClientError('cannot_open', `The record ${record.id} comes in a folder that it is not in.`)
}

/** Runs what opens one thing; a refusal of it is noted and stops nothing else. */
async function refusing(contents: Contents, kind: Refused['kind'], id: string, open: () => Promise<void>): Promise<void> {
  try {
    await open()
    contents.refused.delete(id)
  } catch (refusal) {
    if (!(refusal instanceof ClientError || refusal instanceof ContractError)) throw refusal
    if (refusal.code === 'unreachable' || refusal.code === 'unexpected_answer') throw refusal
    contents.refused.set(id, { kind, id, code: refusal.code, message: refusal.message })
  }
}
