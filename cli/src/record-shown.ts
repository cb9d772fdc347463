import type { OpenFolder } from '@claviger/client/vault/contents.ts'
import type { WholeRecord } from '@claviger/client/vault/read-record.ts'
import { timeJson } from './output.ts'

/** What is shown to a person only where they ask for it: somebody may look over their shoulder. */
export const hiddenFields: ReadonlySet<string> = new Set([
  'password',
  'totp',
  'number',
  'code',
  'pin',
  'privateKey',
  'passphrase',
  'documentNumber',
])

/** A whole record as `record get --json` gives it: everything that the person can read. */
export function shownRecord(
  { recordId, folderId, version, meta, body, modifiedAt, changeDue, files }: WholeRecord,
  folders: readonly OpenFolder[],
) {
  const { title, type, hint, urls, favorite, tags } = meta
  return {
    id: recordId,
    folder: folders.find((folder) => folder.folderId === folderId)?.name ?? null,
    title,
    ...body,
    type,
    username: type === 'login' ? hint : '',
    hint,
    url: urls[0] ?? '',
    urls,
    favorite,
    tags,
    version,
    modifiedAt: timeJson(modifiedAt),
    changeDue,
    attachments: files.map(({ attachmentId, name, mediaType, size, complete }) => ({ id: attachmentId, name, mediaType, size, complete })),
  }
}
