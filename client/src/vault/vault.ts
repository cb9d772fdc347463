import type { FolderGrantee, FolderRole } from '@claviger/contract/api/vault.ts'
import type { Bytes } from '@claviger/contract/bytes.ts'
import type { AttachmentId, FolderId, RecordId } from '@claviger/contract/ids.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { approverOf } from '../approvals/approver.ts'
import { loadKeyring } from '../approvals/keyring.ts'
import * as attachments from './attachments.ts'
import type { Contents, OpenFolder, OpenRecord, Refused } from './contents.ts'
import * as folders from './folders.ts'
import * as reads from './read-record.ts'
import { type RotatedFolders, rotateFolders } from './rotate.ts'
import { sync } from './sync.ts'
import * as writes from './write-record.ts'

/** Made once: comparing by it is several times faster than by the method of texts. */
const collator = new Intl.Collator()

/** Opens the vault of an account: all its folders, and what lists show of each record. @throws as `Vault.sync` */
export async function openVault(account: OpenAccount): Promise<Vault> {
  const approver = approverOf(account)
  const { root, owner } = account
  const opener = { approver, keyring: await loadKeyring(approver), own: { root, owner } }
  const vault = new Vault({ account, opener, folders: new Map(), records: new Map(), refused: new Map() })
  await vault.sync()
  return vault
}

/** An open vault: plaintext in memory, kept up by `sync`. What it can do; how is in the files beside. */
export class Vault {
  readonly #contents: Contents
  #syncing: Promise<void> | undefined
  constructor(contents: Contents) {
    this.#contents = contents
  }

  /** Takes over what changed. Two at once are one. @throws ApiError; ClientError `unreachable`. What is refused, `refused` names */
  sync(): Promise<void> {
    this.#syncing ??= sync(this.#contents).finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  /** Folders by name; those in the bin apart. */
  folders(): OpenFolder[] {
    return [...this.#contents.folders.values()].filter(({ binnedAt }) => binnedAt === null).toSorted(byName)
  }

  /** Records by title, of one folder or of all; those in the bin apart. */
  records(folderId?: FolderId): OpenRecord[] {
    const isShown = (record: OpenRecord) =>
      record.binnedAt === null && this.#folder(record)?.binnedAt === null && (folderId === undefined || record.folderId === folderId)
    return [...this.#contents.records.values()].filter(isShown).toSorted(byTitle)
  }

  /** What is in bins: folders of one's own, and records. */
  bin(): { folders: OpenFolder[]; records: OpenRecord[] } {
    return {
      folders: [...this.#contents.folders.values()].filter(({ binnedAt }) => binnedAt !== null).toSorted(byName),
      records: [...this.#contents.records.values()].filter(({ binnedAt }) => binnedAt !== null).toSorted(byTitle),
    }
  }

  /** Records whose title, hint, addresses or tags hold this text, whatever its case; those with that very title first. */
  find(text: string): OpenRecord[] {
    const wanted = text.trim().toLowerCase()
    const isExact = ({ meta }: OpenRecord) => meta.title.toLowerCase() === wanted
    const found = this.records().filter(({ meta: { title, hint, urls, tags } }) =>
      [title, hint, ...urls, ...tags].some((field) => field.toLowerCase().includes(wanted)),
    )
    return found.toSorted((a, b) => Number(isExact(b)) - Number(isExact(a)))
  }

  /** What the server gave that this device does not accept, and why. */
  refused(): readonly Refused[] {
    return [...this.#contents.refused.values()]
  }

  addFolder = (name: string) => folders.addFolder(this.#contents, name)
  renameFolder = (folderId: FolderId, name: string) => folders.renameFolder(this.#contents, folderId, name)
  binFolder = (folderId: FolderId) => folders.setFolderBinned(this.#contents, folderId, 'bin')
  restoreFolder = (folderId: FolderId) => folders.setFolderBinned(this.#contents, folderId, 'restore')
  purgeFolder = (folderId: FolderId) => folders.setFolderBinned(this.#contents, folderId, 'purge')

  findRecipients = (text: string) => folders.findRecipients(this.#contents, text)
  access = (folderId: FolderId) => folders.accessOf(this.#contents, folderId)
  share = (folderId: FolderId, to: folders.ShareWith, role: FolderRole) => folders.share(this.#contents, folderId, to, role)
  unshare = (folderId: FolderId, grantee: FolderGrantee) => folders.unshare(this.#contents, folderId, grantee)

  /** Gives the next key to folders that wait for one, those of one's own included. */
  async rotateDue(): Promise<RotatedFolders> {
    // Teams may have newer keys, and this member too.
    await this.sync()
    const done = await rotateFolders(this.#contents.opener)
    if (done.rotated.length > 0) await this.sync()
    return done
  }

  async addRecord(folderId: FolderId, content: writes.RecordContent): Promise<OpenRecord> {
    const [record] = await writes.addAll(this.#contents, folderId, [content])
    if (record === undefined) throw new Error('one record was added')
    return record
  }

  addRecords = (folderId: FolderId, contents: readonly writes.RecordContent[]) => writes.addAll(this.#contents, folderId, contents)
  read = (recordId: RecordId) => reads.readWhole(this.#contents, recordId)
  saveRecord = (before: reads.WholeRecord, content: writes.RecordContent) => writes.save(this.#contents, before, content)
  move = (recordId: RecordId, folderId: FolderId) => writes.move(this.#contents, recordId, folderId)
  history = (recordId: RecordId) => reads.historyOf(this.#contents, recordId)
  readVersion = (recordId: RecordId, version: number) => reads.readOld(this.#contents, recordId, version)
  binRecord = (recordId: RecordId) => writes.setBinned(this.#contents, recordId, 'bin')
  restoreRecord = (recordId: RecordId) => writes.setBinned(this.#contents, recordId, 'restore')
  purgeRecord = (recordId: RecordId) => writes.setBinned(this.#contents, recordId, 'purge')

  attach = (recordId: RecordId, meta: reads.AttachmentMeta, source: attachments.FileSource, options?: attachments.UploadOptions) =>
    attachments.attach(this.#contents, recordId, meta, source, options)
  resume = (recordId: RecordId, id: AttachmentId, source: attachments.FileSource, options?: attachments.UploadOptions) =>
    attachments.resume(this.#contents, recordId, id, source, options)
  readFile = (file: reads.OpenAttachment): Promise<Bytes> => attachments.readFile(this.#contents, file)
  readChunks = (file: reads.OpenAttachment) => attachments.readChunks(this.#contents, file)
  detach = (file: reads.OpenAttachment) => attachments.detach(this.#contents, file)

  #folder({ folderId }: OpenRecord): OpenFolder | undefined {
    return this.#contents.folders.get(folderId)
  }
}

function byName(a: OpenFolder, b: OpenFolder): number {
  return collator.compare(a.name, b.name)
}

function byTitle(a: OpenRecord, b: OpenRecord): number {
  return collator.compare(a.meta.title, b.meta.title)
}
