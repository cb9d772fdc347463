import { generatePassword, USUAL_LENGTH } from '@claviger/client/vault/generate-password.ts'
import type { NewRecordBody, NewRecordMeta, RecordBody } from '@claviger/client/vault/record-types.ts'
import { AppError } from '@claviger/server/errors.ts'
import { type Command, Option } from 'commander'
import { EXIT_FAILED } from './directory.ts'
import { openVaultOf } from './folder.ts'
import { say, Table, timeJson, timeText, writeJson } from './output.ts'
import { readSecret } from './password.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { addRecordFileCommands } from './record-files.ts'
import { hiddenFields, shownRecord } from './record-shown.ts'
import { folderNamed, recordNamed, recordsIn } from './vault-names.ts'

interface FieldOptions extends PersonOptions {
  title?: string
  username?: string
  url?: string
  notes?: string
  passwordStdin?: boolean
  generate?: boolean | string
}

/** Adds `record add|get|list|edit|remove|restore|history` and what record-files.ts adds. */
export function addRecordCommands(program: Command): void {
  const record = program.command('record').description('the records of your vault')
  const types = new Option('--type <type>', 'login or note').choices(['login', 'note']).default('login')
  addFields(record.command('add'))
    .description('add a record')
    .requiredOption('--folder <folder>', 'name or id')
    .requiredOption('--title <title>', 'what lists show')
    .addOption(types)
    .action(add)
  addPersonOptions(record.command('get'))
    .description('show a record')
    .argument('<title>', 'title or id')
    .option('--folder <folder>', 'only in this folder')
    .option('--show', 'show what is hidden')
    .action(get)
  addPersonOptions(record.command('list'))
    .description('the records that you can open')
    .option('--folder <folder>', 'only this folder')
    .option('--bin', 'what is in the bin')
    .action(list)
  addFields(record.command('edit'))
    .description('change a record')
    .argument('<title>', 'title or id')
    .option('--title <title>', 'another title')
    .action(edit)
  addPersonOptions(record.command('remove')).description('move a record into the bin').argument('<title>', 'title or id').action(remove)
  addPersonOptions(record.command('restore')).description('take a record out of the bin').argument('<title>', 'title or id').action(restore)
  addPersonOptions(record.command('history')).description('the versions of a record').argument('<title>', 'title or id').action(history)
  addRecordFileCommands(record)
}

function addFields(command: Command): Command {
  return addPersonOptions(command)
    .option('--username <name>', 'whom to sign in as')
    .option('--url <url>', 'where it is used')
    .option('--notes <text>', 'notes')
    .option('--password-stdin', 'read the password from standard input, one line')
    .option('--generate [length]', 'make a random password')
}

async function add({ folder, type, ...options }: FieldOptions & { folder: string; title: string; type: 'login' | 'note' }) {
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.folders(), folder)
  const password = type === 'login' ? await passwordOf(options) : undefined
  const meta: NewRecordMeta = {
    type,
    title: options.title,
    hint: options.username ?? '',
    urls: options.url === undefined ? [] : [options.url],
  }
  const notes = options.notes ?? ''
  const body: NewRecordBody = type === 'note' ? { type, notes } : { type, password: password ?? '', notes }
  const { recordId } = await vault.addRecord(folderId, { meta, body })
  if (options.json) return writeJson({ id: recordId, folder: name, title: options.title })
  await say(`Added ${options.title} to ${name}.`)
}

async function get(title: string, { folder, show, ...options }: PersonOptions & { folder?: string; show?: boolean }) {
  const { vault } = await openVaultOf(options)
  const { recordId } = recordNamed(recordsIn(vault, folder), title)
  const whole = await vault.read(recordId)
  const shown = shownRecord(whole, vault.folders())
  if (options.json) return writeJson(shown)
  const lines = Object.entries(shown).flatMap(([name, value]) => {
    if (value === '' || value === null || (Array.isArray(value) && value.length === 0)) return []
    const isHidden = hiddenFields.has(name) && !show
    return [`${name}: ${isHidden ? '•••••••• (--show)' : typeof value === 'object' ? JSON.stringify(value) : String(value)}`]
  })
  await say(...lines)
}

async function list({ folder, bin, ...options }: PersonOptions & { folder?: string; bin?: boolean }) {
  const { vault } = await openVaultOf(options)
  const names = new Map(vault.folders().map(({ folderId, name }) => [folderId, name]))
  const records = bin ? vault.bin().records : recordsIn(vault, folder)
  const shown = records.map(({ recordId, folderId, meta, modifiedAt, changeDue, attachments }) => ({
    id: recordId,
    folder: names.get(folderId) ?? null,
    title: meta.title,
    type: meta.type,
    username: meta.type === 'login' ? meta.hint : '',
    url: meta.urls[0] ?? '',
    modifiedAt: timeJson(modifiedAt),
    changeDue,
    attachments,
  }))
  if (options.json) return writeJson(shown)
  const table = new Table('TITLE', 'FOLDER', 'TYPE', 'USERNAME', 'ID')
  await table.write(
    shown.map(({ title, folder: of, type, username, id, changeDue }) => ({
      cells: [title, of, type, username, id],
      notes: changeDue ? ['Somebody who opened it has left: change what is in it.'] : [],
    })),
  )
  await table.end(bin ? 'The bin is empty.' : 'There are no records here: claviger record add')
}

async function edit(title: string, options: FieldOptions) {
  const { vault } = await openVaultOf(options)
  const before = await vault.read(recordNamed(vault.records(), title).recordId)
  const password = await passwordOf(options)
  const meta: NewRecordMeta = {
    ...before.meta,
    title: options.title ?? before.meta.title,
    hint: options.username ?? before.meta.hint,
    urls: options.url === undefined ? before.meta.urls : [options.url, ...before.meta.urls.slice(1)],
  }
  const saved = await vault.saveRecord(before, { meta, body: changedBody(before.body, password, options.notes) })
  if (saved.kind === 'saved') {
    if (options.json) return writeJson({ id: before.recordId, version: saved.record.version })
    return say(`Saved ${meta.title}, version ${saved.record.version}.`)
  }
  // Both texts are kept: theirs is the record, this one stands beside it.
  const copy = await vault.addRecord(before.folderId, { meta: { ...meta, title: `${meta.title} (my change)` }, body: saved.mine.body })
  process.exitCode = EXIT_FAILED
  if (options.json) return writeJson({ id: before.recordId, conflict: true, copy: copy.recordId })
  await say(
    'Somebody else changed this record meanwhile. Theirs stays; yours is kept beside it.',
    `Yours: ${copy.meta.title} (${copy.recordId})`,
  )
}

function changedBody(body: RecordBody, password: string | undefined, notes: string | undefined): NewRecordBody {
  if (password !== undefined && body.type !== 'login')
    throw new AppError('invalid_value', `A record of the type ${body.type} has no password.`)
  return { ...body, ...(notes !== undefined && { notes }), ...(password !== undefined && body.type === 'login' && { password }) }
}

async function passwordOf({ passwordStdin, generate }: FieldOptions): Promise<string | undefined> {
  if (generate === undefined || generate === false) return passwordStdin ? readSecret(true, 'password') : undefined
  const length = generate === true ? USUAL_LENGTH : Number(generate)
  try {
    return generatePassword({ length })
  } catch (error) {
    throw new AppError('invalid_value', `--generate takes a length. ${error instanceof RangeError ? error.message : ''}`.trim())
  }
}

async function remove(title: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { recordId, meta } = recordNamed(vault.records(), title)
  await vault.binRecord(recordId)
  if (options.json) return writeJson({ id: recordId, title: meta.title })
  await say(`${meta.title} is in the bin: claviger record restore ${recordId}`)
}

async function restore(title: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { recordId, meta } = recordNamed(vault.bin().records, title)
  await vault.restoreRecord(recordId)
  if (options.json) return writeJson({ id: recordId, title: meta.title })
  await say(`${meta.title} is back.`)
}

async function history(title: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { recordId, version, modifiedAt, meta } = recordNamed(vault.records(), title)
  const versions = [{ version, modifiedAt, meta }, ...(await vault.history(recordId))]
  if (options.json)
    return writeJson(versions.map((one) => ({ version: one.version, title: one.meta.title, modifiedAt: timeJson(one.modifiedAt) })))
  const table = new Table('VERSION', 'WHEN', 'TITLE')
  await table.write(versions.map((one) => ({ cells: [one.version, timeText(one.modifiedAt), one.meta.title] })))
  await table.end('')
}
