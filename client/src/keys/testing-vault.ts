import { type Bytes, readUtf8, toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import type { SealedRecord, SealedRecordKey } from '@claviger/contract/envelopes.ts'
import { EnterpriseLogId, FolderId, RecordId, UserId } from '@claviger/contract/ids.ts'
import type { CryptoKey } from 'hpke'
import { newId } from '../new-id.ts'
import { importAesKey } from './aes.ts'
import { type FolderKey, makeFolderKey } from './folder-key.ts'
import { openRecordPart, sealRecord } from './record.ts'
import { makeRecordKey, openRecordKey, rewrapRecordKey, wrapRecordKey } from './record-key.ts'
import { randomBytes } from './secret.ts'
import { aesGcm, KEY_BYTES, NONCE_BYTES } from './suite.ts'

/**
 * A folder with many records, and the bare WebCrypto operations that no way of opening it can do without: what benchmarks
 * measure, in Node and in a browser alike.
 */
export interface TestVault {
  readonly folder: FolderKey
  readonly records: readonly StoredRecord[]
}

interface StoredRecord {
  readonly wrap: SealedRecordKey
  readonly record: SealedRecord
}

/** How many records are under way at once: enough that the threads of WebCrypto do not wait for ours. */
const AT_ONCE = 100

/** `count` records of which `meta` is what a list shows, about 100 bytes, and `body` 200 more. */
export async function makeVault(count: number): Promise<TestVault> {
  const enterprise = EnterpriseLogId.parse(toBase64url(randomBytes(32)))
  const folder = await makeFolderKey(enterprise, { folderId: newId(FolderId), epoch: 1 })
  const author = newId(UserId)
  const make = async (n: number): Promise<StoredRecord> => {
    const key = await makeRecordKey({ recordId: newId(RecordId), epoch: 1 })
    const fields = { id: key.recordId, folderId: folder.folderId, keyEpoch: 1, version: 1, author, modifiedAt: Date.UTC(2026, 2, 1) }
    const meta = utf8(JSON.stringify({ type: 'login', title: titleOf(n), user: `person-${n}@example.com`, site: 'https://example.com' }))
    return { wrap: await wrapRecordKey(key, folder), record: await sealRecord(enterprise, fields, { meta, body: randomBytes(200) }, key) }
  }
  return { folder, records: await inBatches(range(0, count), make) }
}

/** The titles of the records from one number to before another: each record's key unwrapped, its `meta` opened and read. */
export function openTitles({ folder, records }: TestVault, from: number, to: number): Promise<string[]> {
  return inBatches(records.slice(from, to), async ({ wrap, record }) => {
    const key = await openRecordKey(wrap, { recordId: record.id, epoch: record.keyEpoch }, folder)
    const { title } = JSON.parse(readUtf8(await openRecordPart(folder.enterprise, record, 'meta', key)))
    return String(title)
  })
}

export function titleOf(n: number): string {
  return `Record number ${n}`
}

/** Every record's key under the folder's next key: what a client does when somebody left. */
export async function rotate({ folder, records }: TestVault): Promise<SealedRecordKey[]> {
  const next = await makeFolderKey(folder.enterprise, { folderId: folder.folderId, epoch: folder.epoch + 1 })
  return inBatches(records, ({ wrap, record }) => rewrapRecordKey(wrap, { recordId: record.id, epoch: record.keyEpoch }, folder, next))
}

/** Bare AES-256-GCM over so many bytes, as much of it at once as the vault's. */
export class BareAes {
  readonly #key: CryptoKey
  readonly #iv: Bytes
  readonly #plaintext: Bytes
  readonly #ciphertext: Bytes

  private constructor(key: CryptoKey, iv: Bytes, plaintext: Bytes, ciphertext: Bytes) {
    this.#key = key
    this.#iv = iv
    this.#plaintext = plaintext
    this.#ciphertext = ciphertext
  }

  static async of(bytes: number): Promise<BareAes> {
    const [key, iv, plaintext] = [await importAesKey(randomBytes(KEY_BYTES)), randomBytes(NONCE_BYTES), randomBytes(bytes)]
    const ciphertext = await globalThis.crypto.subtle.encrypt({ name: aesGcm.name, iv }, key, plaintext)
    return new BareAes(key, iv, plaintext, new Uint8Array(ciphertext))
  }

  async decrypt(times: number): Promise<void> {
    const parameters = { name: aesGcm.name, iv: this.#iv }
    await inBatches(range(0, times), () => globalThis.crypto.subtle.decrypt(parameters, this.#key, this.#ciphertext))
  }

  async encrypt(times: number): Promise<void> {
    const parameters = { name: aesGcm.name, iv: this.#iv }
    await inBatches(range(0, times), () => globalThis.crypto.subtle.encrypt(parameters, this.#key, this.#plaintext))
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, n) => from + n)
}

async function inBatches<Item, Made>(items: readonly Item[], make: (item: Item) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) made.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(make))))
  return made
}
