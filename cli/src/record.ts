import { RecordBody, type RecordType } from '@claviger/client/vault/record-types.ts'
import { AppError } from '@claviger/server/errors.ts'
import { type Command, Option } from 'commander'
import { EXIT_FAILED } from './exit.ts'
import { openVaultOf } from './open-vault.ts'
import { say, Table, timeJson, timeText, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { addRecordPurgeCommand } from './purge.ts'
import { addFieldOptions, contentOf, type FieldOptions } from './record-fields.ts'
import { addRecordFileCommands } from './record-files.ts'
import { addRecordMoveCommand } from './record-move.ts'
import { recordLines, shownRecord } from './record-shown.ts'
import { addRecordTotpCommand } from './record-totp.ts'
import { folderNamed, recordNamed, recordsIn } from './vault-names.ts'

/** Adds `record add|get|list|edit|remove|restore|history`, and what record-move.ts, purge.ts, record-files.ts and record-totp.ts have. */
export function addRecordCommands(program: Command): void {
  const record = program.command('record').description('the records of your vault')
  const types = new Option('--type <type>', 'what it is').choices(RecordBody.options.map(({ shape }) => shape.type.value)).default('login')
  addFieldOptions(addPersonOptions(record.command('add')))
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
    .option('--at <version>', 'as it was then (`record history` lists the versions)')
    .action(get)
  addPersonOptions(record.command('list'))
    .description('the records that you can open')
    .option('--folder <folder>', 'only this folder')
    .option('--bin', 'what is in the bin')
    .action(list)
  addFieldOptions(addPersonOptions(record.command('edit')))
    .description('change a record')
    .argument('<title>', 'title or id')
    .option('--title <title>', 'another title')
    .action(edit)
  addPersonOptions(record.command('remove')).description('move a record into the bin').argument('<title>', 'title or id').action(remove)
  addPersonOptions(record.command('restore')).description('take a record out of the bin').argument('<title>', 'title or id').action(restore)
  addPersonOptions(record.command('history')).description('the versions of a record').argument('<title>', 'title or id').action(history)
  addRecordMoveCommand(record)
  addRecordPurgeCommand(record)
  addRecordTotpCommand(record)
  addRecordFileCommands(record)
}

async function add({ folder, type, ...options }: FieldOptions & { folder: string; title: string; type: RecordType }) {
  const content = await contentOf(options, type)
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.folders(), folder)
  const { recordId } = await vault.addRecord(folderId, content)
  if (options.json) return writeJson({ id: recordId, folder: name, title: options.title })
  await say(`Added ${options.title} to ${name}.`)
}

async function get(title: string, { folder, show, at, ...options }: PersonOptions & { folder?: string; show?: boolean; at?: string }) {
  const { vault } = await openVaultOf(options)
  const record = recordNamed(recordsIn(vault, folder), title)
  const { recordId, version } = record
  const isOld = at !== undefined && Number(at) !== version
  const readable = isOld ? { ...record, ...(await vault.readVersion(recordId, readVersion(at))), files: [] } : await vault.read(recordId)
  const shown = shownRecord(readable, vault.folders())
  if (options.json) return writeJson(shown)
  await say(...recordLines(shown, show === true))
}

function readVersion(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new AppError('invalid_value', `${text} is no version: give a number, as \`claviger record history\` lists them.`)
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
  const { meta, body } = await contentOf(options, before.body.type, before)
  const saved = await vault.saveRecord(before, { meta, body })
  if (saved.kind === 'saved') {
    if (options.json) return writeJson({ id: before.recordId, version: saved.record.version })
    return say(`Saved ${meta.title}, version ${saved.record.version}.`)
  }
  // Both texts are kept: theirs is the record, this one stands beside it.
  const copy = await vault.addRecord(before.folderId, { meta: { ...meta, title: `${meta.title.slice(0, 480)} (my change)` }, body })
  process.exitCode = EXIT_FAILED
  if (options.json) return writeJson({ id: before.recordId, conflict: true, copy: copy.recordId })
  await say(
    'Somebody else changed this record meanwhile. Theirs stays; yours is kept beside it.',
    `Yours: ${copy.meta.title} (${copy.recordId})`,
  )
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
