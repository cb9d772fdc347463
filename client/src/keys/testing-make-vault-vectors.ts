import { toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import { AttachmentId, EnterpriseLogId, FolderId, RecordId, UserId } from '@claviger/contract/ids.ts'
import { newId } from '../new-id.ts'
import { sealAttachment, sealChunk } from './attachment.ts'
import { makeFolderKey } from './folder-key.ts'
import { sealFolderName } from './folder-name.ts'
import { makeRecordKey } from './record-key.ts'
import { randomBytes } from './secret.ts'
import { flipBit } from './testing-enterprise.ts'
import { saveVectors } from './testing-save-vectors.ts'

// As testing-make-vectors.ts: `node client/src/keys/testing-make-vault-vectors.ts` wrote these files, once.
const enterprise = EnterpriseLogId.parse(toBase64url(randomBytes(32)))
const refused = { error: 'cannot_open' }
saveVectors('folder-name', await folderNameCases())
saveVectors('attachment', await attachmentCases())

async function folderNameCases() {
  const key = await makeFolderKey(enterprise, { folderId: newId(FolderId), epoch: 2 })
  const folder = { folderId: key.folderId, epoch: key.epoch, key: toBase64url(key.secret.reveal()) }
  const given = await sealFolderName('Serveurs – Genève', 3, key)
  return {
    enterprise,
    cases: [
      { name: 'as it was sealed', folder, given, expect: { text: 'Serveurs – Genève' } },
      { name: 'given out as a later version', folder, given: { ...given, version: 4 }, expect: refused },
      { name: 'under another epoch', folder: { ...folder, epoch: 3 }, given, expect: refused },
      { name: 'of another folder', folder: { ...folder, folderId: newId(FolderId) }, given, expect: refused },
      { name: 'altered', folder, given: { ...given, sealed: flipBit(given.sealed, 100) }, expect: refused },
    ],
  }
}

async function attachmentCases() {
  const key = await makeRecordKey({ recordId: newId(RecordId), epoch: 2 })
  const record = { recordId: key.recordId, epoch: key.epoch, key: toBase64url(key.secret.reveal()) }
  const fields = { id: newId(AttachmentId), recordId: key.recordId, keyEpoch: 2, author: newId(UserId), size: 5 }
  const attachment = await sealAttachment(enterprise, fields, utf8('{"name":"notes.txt","mediaType":"text/plain"}'), key)
  const chunk = { position: 0, sealed: await sealChunk(enterprise, fields, 0, utf8('hello'), key) }
  const empty = await sealAttachment(enterprise, { ...fields, id: newId(AttachmentId), size: 0 }, utf8('empty'), key)
  const nothing = { position: 0, sealed: await sealChunk(enterprise, empty, 0, utf8(''), key) }
  const whole = { record, attachment, chunk }
  return {
    enterprise,
    cases: [
      { name: 'the name', ...whole, chunk: null, expect: { text: '{"name":"notes.txt","mediaType":"text/plain"}' } },
      { name: 'the one chunk', ...whole, expect: { text: 'hello' } },
      { name: 'an empty file', record, attachment: empty, chunk: nothing, expect: { text: '' } },
      { name: 'given out as a shorter file', ...whole, attachment: { ...attachment, size: 4 }, expect: refused },
      { name: 'given out as the first chunk of a longer file', ...whole, attachment: { ...attachment, size: 600_000 }, expect: refused },
      { name: 'in another place', ...whole, chunk: { ...chunk, position: 1 }, expect: refused },
      { name: 'of another attachment', ...whole, attachment: { ...attachment, id: newId(AttachmentId) }, expect: refused },
      { name: 'of another record', ...whole, record: { ...record, recordId: newId(RecordId) }, expect: refused },
      { name: 'under another epoch', ...whole, record: { ...record, epoch: 3 }, expect: refused },
      { name: 'by another author', ...whole, attachment: { ...attachment, author: newId(UserId) }, expect: refused },
      { name: 'the name in a chunk’s place', ...whole, chunk: { ...chunk, sealed: attachment.meta }, expect: refused },
    ],
  }
}
