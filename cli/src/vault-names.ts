import type { OpenFolder, OpenRecord } from '@claviger/client/vault/contents.ts'
import type { Vault } from '@claviger/client/vault/vault.ts'
import { AppError } from '@claviger/server/errors.ts'
import { printable } from './output.ts'

/** The folder of this id or name. @throws AppError `not_found`, `invalid_value` where several have the name */
export function folderNamed(folders: readonly OpenFolder[], text: string): OpenFolder {
  const found = only(
    folders.filter(({ folderId, name }) => folderId === text || same(name, text)),
    ({ folderId, name }) => folderId === text || name === text,
  )
  if (found.length > 1)
    throw ambiguous(
      'folders',
      text,
      found.map(({ folderId }) => folderId),
    )
  const [folder] = found
  if (!folder) throw new AppError('not_found', `You have no folder ${text}: \`claviger folder list\` shows yours.`)
  return folder
}

/** The record of this id or title. @throws AppError `not_found`, `invalid_value` where several have the title */
export function recordNamed(records: readonly OpenRecord[], text: string): OpenRecord {
  const found = only(
    records.filter(({ recordId, meta }) => recordId === text || same(meta.title, text)),
    ({ recordId, meta }) => recordId === text || meta.title === text,
  )
  if (found.length > 1)
    throw ambiguous(
      'records',
      text,
      found.map(({ recordId }) => recordId),
    )
  const [record] = found
  if (!record) throw new AppError('not_found', `You have no record ${text}: \`claviger record list\` shows yours.`)
  return record
}

/** The records of a folder, or all that are not in the bin. */
export function recordsIn(vault: Vault, folder: string | undefined): OpenRecord[] {
  return vault.records(folder === undefined ? undefined : folderNamed(vault.folders(), folder).folderId)
}

/** Says on standard error what this device did not accept of the server. */
export function warnOfRefused(vault: Vault): void {
  for (const { kind, message } of vault.refused()) process.stderr.write(`warning: a ${kind} was refused: ${printable(message)}\n`)
}

/** What is meant to the letter, where anything is. */
function only<T>(found: T[], isExact: (one: T) => boolean): T[] {
  const exact = found.filter(isExact)
  return exact.length > 0 ? exact : found
}

function same(name: string, text: string): boolean {
  return name.toLowerCase() === text.trim().toLowerCase()
}

function ambiguous(what: string, text: string, ids: readonly string[]): AppError {
  return new AppError('invalid_value', `${ids.length} ${what} are called ${text}: give the id of one of them, ${ids.join(' or ')}.`)
}
