import { SealedAttachment } from '@claviger/contract/attachment.ts'
import { fromBase64url, readUtf8 } from '@claviger/contract/bytes.ts'
import { SealedFolderName } from '@claviger/contract/folder-name.ts'
import { EnterpriseLogId, FolderId, RecordId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import { z } from 'zod'
import { importAesKey } from './aes.ts'
import { openAttachmentMeta, openChunk } from './attachment.ts'
import { openFolderName } from './folder-name.ts'
import { Secret } from './secret.ts'
import { eachOf, gives, named, type VectorCheck } from './testing-vectors.ts'

export const checkFolderNames: VectorCheck = (file) => {
  const folder = z.strictObject({ folderId: FolderId, epoch: z.int(), key: z.string() })
  const shape = z.strictObject({ ...named, folder, given: SealedFolderName, expect: gives({ text: z.string() }) })
  const { enterprise, cases } = z.strictObject({ enterprise: EnterpriseLogId, cases: z.array(shape) }).parse(file)
  return eachOf(cases, async ({ folder: { folderId, epoch, key }, given }) => {
    const secret = new Secret('folder-key', fromBase64url(key))
    const aes = await importAesKey(secret.reveal())
    return { text: await openFolderName(given, { kind: 'folder-key', enterprise, folderId, epoch, secret, aes }) }
  })
}

export const checkAttachments: VectorCheck = (file) => {
  const record = z.strictObject({ recordId: RecordId, epoch: z.int(), key: z.string() })
  const chunk = z.strictObject({ position: z.int(), sealed: AesSealed })
  const shape = z.strictObject({
    ...named,
    record,
    attachment: SealedAttachment,
    chunk: chunk.nullable(),
    expect: gives({ text: z.string() }),
  })
  const { enterprise, cases } = z.strictObject({ enterprise: EnterpriseLogId, cases: z.array(shape) }).parse(file)
  return eachOf(cases, async ({ record: { recordId, epoch, key: bytes }, attachment, chunk: given }) => {
    const secret = new Secret('record-key', fromBase64url(bytes))
    const key = { kind: 'record-key', recordId, epoch, secret, aes: await importAesKey(secret.reveal()) } as const
    if (given === null) return { text: readUtf8(await openAttachmentMeta(enterprise, attachment, key)) }
    return { text: readUtf8(await openChunk(enterprise, attachment, given.position, given.sealed, key)) }
  })
}
