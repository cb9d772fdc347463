import type { OpenFolder } from '@claviger/client/vault/contents.ts'
import type { WholeRecord } from '@claviger/client/vault/read-record.ts'
import { timeJson } from './output.ts'

/** What is shown to a person only where they ask for it: somebody may look over their shoulder. */
const hiddenFields: ReadonlySet<string> = new Set([
  'password',
  'totp',
  'number',
  'code',
  'pin',
  'privateKey',
  'passphrase',
  'documentNumber',
])
/** Once is enough for a person. */
const repeated: ReadonlySet<string> = new Set(['hint', 'urls'])
const COVERED = '•••••••• (--show)'

/** A record, or a version of it before the present one, which has no files of its own. */
export type Readable = Omit<WholeRecord, 'key' | 'keyFrom' | 'author' | 'binnedAt' | 'attachments'>
export type ShownRecord = ReturnType<typeof shownRecord>

/** A whole record as `record get --json` gives it: everything that the person can read. */
export function shownRecord(
  { recordId, folderId, version, meta, body, modifiedAt, changeDue, files }: Readable,
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

/** The same in lines for a person; what is secret only with `show`. */
export function recordLines({ fields, attachments, ...shown }: ShownRecord, show: boolean): string[] {
  const lines = Object.entries(shown).flatMap(([name, value]) => {
    const isEmpty = value === '' || value === null || value === false || (Array.isArray(value) && value.length === 0)
    return isEmpty || repeated.has(name) ? [] : linesOf(name, hiddenFields.has(name) && !show ? COVERED : textOf(value))
  })
  return [
    ...lines,
    ...fields.flatMap(({ name, value, hidden }) => linesOf(name, hidden && !show ? COVERED : value)),
    ...attachments.map(({ name, size, complete }) => `file: ${name}, ${size} bytes${complete ? '' : ', not complete'}`),
  ]
}

/** Lines after the first are indented: what somebody wrote into a note cannot pass for another field. */
function linesOf(name: string, text: string): string[] {
  const [first, ...rest] = text.replace(/\r?\n$/, '').split(/\r?\n/)
  return [`${name}: ${first}`, ...rest.map((line) => `    ${line}`)]
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
